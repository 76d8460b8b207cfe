/* pidfd_open, pidfd_send_signal and pidfd_getfd. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	int fds[2], pidfd, copy;
	struct pollfd poll_set;
	pid_t child;
	char byte;

	CHECK(!pipe(fds));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		for (;;)
			pause();
	}
	pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	CHECK(pidfd >= 0 && fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
	copy = (int)syscall(SYS_pidfd_getfd, pidfd, fds[1], 0);
	if (copy >= 0) {
		CHECK(write(copy, "x", 1) == 1 && read(fds[0], &byte, 1) == 1 && byte == 'x');
	} else {
		CHECK(errno == EPERM);
	}
	printf("child %d pidfd %d\n", (int)child, pidfd);
	CHECK(!syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
	CHECK(!syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0));
	poll_set = (struct pollfd){.fd = pidfd, .events = POLLIN};
	CHECK(poll(&poll_set, 1, -1) == 1);
	CHECK(WTERMSIG(status_of(child)) == SIGTERM);
	CHECK(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == -1 && errno == ESRCH);
	CHECK(syscall(SYS_pidfd_open, child, 0) == -1 && errno == ESRCH);
	CHECK(syscall(SYS_pidfd_open, 0, 0) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
