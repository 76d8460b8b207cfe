/* The pidfd of a process becomes readable when the process ends. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

int main(void)
{
	int hold[2];
	char c;
	siginfo_t info;

	CHECK(pipe(hold) == 0);
	pid_t child = fork();
	if (child == 0) {
		close(hold[1]);
		_exit(read(hold[0], &c, 1) + 6);
	}
	int fd = syscall(SYS_pidfd_open, child, 0);
	if (fd < 0) {
		close(hold[1]);
		SKIP("no pidfd_open");
	}
	struct pollfd p = {fd, POLLIN, 0};
	CHECK(poll(&p, 1, 0) == 0 && syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0);
	CHECK(close(hold[1]) == 0 && poll(&p, 1, -1) == 1 && (p.revents & POLLIN));
	CHECK(waitid(P_PIDFD, fd, &info, WEXITED) == 0 && info.si_pid == child &&
	      info.si_status == 6);
	CHECK(syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == -1 && errno == ESRCH);
	CHECK(syscall(SYS_pidfd_open, child, 0) == -1);
	printf("%d\n", child);
	puts("ok");
	return 0;
}
