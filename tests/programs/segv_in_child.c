/* A fault without handler, or with the signal blocked or ignored, ends the process by SIGSEGV. */
#include "check.h"

#include <signal.h>
#include <sys/prctl.h>

int main(void)
{
	int how, status;
	sigset_t set;
	pid_t child;

	for (how = 0; how < 3; how++) {
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			CHECK(!prctl(PR_SET_DUMPABLE, 0));
			sigemptyset(&set);
			sigaddset(&set, SIGSEGV);
			if (how == 1)
				sigprocmask(SIG_BLOCK, &set, NULL);
			if (how == 2)
				signal(SIGSEGV, SIG_IGN);
			*(volatile int *)8 = 1;
			_exit(0);
		}
		status = status_of(child);
		printf("child %d ended by %d\n", (int)child, WTERMSIG(status));
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	}
	puts("ok");
	return 0;
}
