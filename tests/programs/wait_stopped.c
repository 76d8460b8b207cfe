/* WUNTRACED and WCONTINUED: a child that stops and goes on is told of each time. */
#include "check.h"
#include <signal.h>

int main(void)
{
	siginfo_t info = {0};
	int status, i;
	pid_t child;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		for (i = 0; i < 3; i++)
			raise(SIGSTOP);
		_exit(3);
	}
	for (i = 0; i < 3; i++) {
		CHECK(waitpid(child, &status, WUNTRACED) == child);
		CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
		CHECK(waitpid(child, &status, WNOHANG | WUNTRACED) == 0);
		printf("stopped %d\n", i);
		if (i == 2)
			break;
		CHECK(!kill(child, SIGCONT));
		CHECK(!waitid(P_PID, (id_t)child, &info, WCONTINUED));
		CHECK(info.si_code == CLD_CONTINUED && info.si_status == SIGCONT);
	}
	CHECK(!kill(child, SIGCONT));
	CHECK(WEXITSTATUS(status_of(child)) == 3);
	puts("ok");
	return 0;
}
