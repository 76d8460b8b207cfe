/* waiting by process group: only that group's children are reaped. */
#include "check.h"

static pid_t make(pid_t group, int status)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child) {
		setpgid(child, group);
		return child;
	}
	setpgid(0, group);
	_exit(status);
}

int main(void)
{
	pid_t plain = make(getpgrp(), 1), a, b;
	siginfo_t info = {0};
	int status;

	a = make(0, 2);
	b = make(a, 3);
	CHECK(!waitid(P_PGID, (id_t)a, &info, WEXITED | WNOWAIT));
	CHECK(info.si_pid == a || info.si_pid == b);
	CHECK(waitpid(-a, &status, 0) > 0 && WEXITSTATUS(status) >= 2);
	CHECK(waitpid(-a, &status, 0) > 0 && WEXITSTATUS(status) >= 2);
	CHECK(waitpid(-a, &status, 0) == -1 && errno == ECHILD);
	CHECK(waitpid(0, &status, 0) == plain && WEXITSTATUS(status) == 1);
	printf("group %d: %d %d, plain %d\n", (int)a, (int)a, (int)b, (int)plain);
	puts("ok");
	return 0;
}
