/* waitid by pidfd (P_PIDFD). */
#include "check.h"

#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	siginfo_t info = {0};
	pid_t child;
	int pidfd;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		pause();
		_exit(1);
	}
	pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	CHECK(pidfd >= 0);
	CHECK(!waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) && info.si_pid == 0);
	CHECK(!kill(child, SIGTERM));
	CHECK(!waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED));
	CHECK(info.si_pid == child && info.si_code == CLD_KILLED && info.si_status == SIGTERM);
	printf("%d by pidfd %d\n", (int)info.si_pid, pidfd);
	CHECK(waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1 && errno == ECHILD);
	CHECK(waitid(P_PIDFD, 999, &info, WEXITED) == -1 && errno == EBADF);
	puts("ok");
	return 0;
}
