/* PR_SET_PDEATHSIG: the child is signalled when its parent ends. */
#include "check.h"

#include <signal.h>
#include <sys/prctl.h>

int main(void)
{
	int signal_set = 0, fds[2], gate[2];
	pid_t middle, child;
	siginfo_t info;
	sigset_t set;
	char byte;

	CHECK(!pipe(fds) && !pipe(gate));
	middle = fork();
	CHECK(middle >= 0);
	if (!middle) {
		child = fork();
		CHECK(child >= 0);
		if (child) {
			CHECK(read(gate[0], &byte, 1) == 1);
			_exit(0);
		}
		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
		CHECK(!prctl(PR_SET_PDEATHSIG, SIGUSR1));
		CHECK(!prctl(PR_GET_PDEATHSIG, &signal_set) && signal_set == SIGUSR1);
		CHECK(write(gate[1], "x", 1) == 1);
		CHECK(sigwaitinfo(&set, &info) == SIGUSR1);
		CHECK(write(fds[1], &info.si_pid, sizeof(info.si_pid)) == sizeof(info.si_pid));
		_exit(0);
	}
	CHECK(status_of(middle) == 0);
	close(fds[1]);
	CHECK(read(fds[0], &child, sizeof(child)) == sizeof(child));
	CHECK(read(fds[0], &byte, 1) == 0);
	printf("signalled by %d, parent was %d\n", (int)child, (int)middle);
	puts("ok");
	return 0;
}
