/* CLONE_PIDFD: the descriptor becomes readable when the child ends. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	int gate[2], pidfd = -1;
	struct pollfd poll_set;
	pid_t child;
	char byte;

	CHECK(!pipe(gate));
	child = (pid_t)syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, 0);
	CHECK(child >= 0);
	if (!child) {
		close(gate[1]);
		CHECK(read(gate[0], &byte, 1) == 0);
		_exit(8);
	}
	poll_set = (struct pollfd){.fd = pidfd, .events = POLLIN};
	CHECK(fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
	CHECK(poll(&poll_set, 1, 0) == 0);
	close(gate[1]);
	CHECK(poll(&poll_set, 1, -1) == 1 && poll_set.revents & POLLIN);
	CHECK(WEXITSTATUS(status_of(child)) == 8);
	printf("child %d pidfd %d\n", (int)child, pidfd);
	puts("ok");
	return 0;
}
