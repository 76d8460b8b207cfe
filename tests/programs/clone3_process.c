/* clone3 makes a child with pidfd and exit signal; where it is refused (ENOSYS), clone serves. */
#include "check.h"

#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>

int main(void)
{
	int pidfd = -1, child_tid = 0, parent_tid = 0;
	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_CHILD_SETTID | CLONE_PARENT_SETTID,
		.pidfd = (uintptr_t)&pidfd,
		.child_tid = (uintptr_t)&child_tid,
		.parent_tid = (uintptr_t)&parent_tid,
		.exit_signal = SIGCHLD,
	};
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (child == -1) {
		CHECK(errno == ENOSYS);
		puts("clone3 is refused");
		child = (pid_t)syscall(SYS_clone, CLONE_PIDFD | CLONE_CHILD_SETTID | SIGCHLD, NULL,
				       &pidfd, &child_tid, 0);
	}
	CHECK(child >= 0);
	if (!child) {
		CHECK(child_tid == getpid());
		_exit(12);
	}
	printf("child %d\n", (int)child);
	CHECK(child_tid == 0 && fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
	CHECK(WEXITSTATUS(status_of(child)) == 12);
	puts("ok");
	return 0;
}
