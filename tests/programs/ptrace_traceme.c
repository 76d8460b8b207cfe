/* PTRACE_TRACEME: allowed, or refused with an errno, but nothing breaks. */
#include "check.h"
#include <signal.h>
#include <sys/ptrace.h>

int main(void)
{
	pid_t child;
	int status;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL)) {
			CHECK(errno == EPERM || errno == ENOSYS);
			printf("refused: %s\n", strerror(errno));
			_exit(2);
		}
		raise(SIGUSR1);
		_exit(3);
	}
	CHECK(waitpid(child, &status, 0) == child);
	if (WIFSTOPPED(status)) {
		printf("child %d is traced\n", (int)child);
		CHECK(WSTOPSIG(status) == SIGUSR1);
		CHECK(!ptrace(PTRACE_CONT, child, NULL, NULL));
		status = status_of(child);
		CHECK(WEXITSTATUS(status) == 3);
	} else {
		CHECK(WEXITSTATUS(status) == 2);
	}
	puts("ok");
	return 0;
}
