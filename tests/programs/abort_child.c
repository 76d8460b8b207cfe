/* abort in a child: SIGABRT ends it even when ignored, blocked or handled. */
#include "check.h"

#include <signal.h>
#include <sys/prctl.h>

static void note(int sig)
{
	printf("handled %d\n", sig);
}

int main(void)
{
	sigset_t set;
	pid_t child;
	int how;

	for (how = 0; how < 4; how++) {
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			CHECK(!prctl(PR_SET_DUMPABLE, 0));
			sigemptyset(&set);
			sigaddset(&set, SIGABRT);
			if (how == 1)
				signal(SIGABRT, SIG_IGN);
			if (how == 2)
				sigprocmask(SIG_BLOCK, &set, NULL);
			if (how == 3)
				signal(SIGABRT, note);
			abort();
		}
		CHECK(WTERMSIG(status_of(child)) == SIGABRT);
		printf("child %d\n", (int)child);
	}
	puts("ok");
	return 0;
}
