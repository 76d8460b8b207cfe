/* WUNTRACED and WCONTINUED: each stop and continue of a child is reported. */
#include "check.h"

#include <signal.h>

int main(void)
{
	siginfo_t info = {0};
	int status, gate[2], i;
	pid_t child;
	char byte;

	CHECK(!pipe(gate));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		/* The next stop would replace the status of the continuation, so wait until that
		 * was read. */
		for (i = 0; i < 3; i++)
			CHECK(!raise(SIGSTOP) && (i == 2 || read(gate[0], &byte, 1) == 1));
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
		CHECK(write(gate[1], "x", 1) == 1);
	}
	CHECK(!kill(child, SIGCONT));
	CHECK(WEXITSTATUS(status_of(child)) == 3);
	puts("ok");
	return 0;
}
