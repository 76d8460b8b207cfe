/* clone3 with a bad size, a bad pointer or bad flags: an error, no child. */
#include "check.h"

#include <linux/sched.h>
#include <sys/syscall.h>

int main(void)
{
	struct clone_args args = {.flags = CLONE_THREAD};

	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1);
	CHECK(errno == EINVAL || errno == ENOSYS);
	printf("thread without sighand: %s\n", strerror(errno));
	CHECK(syscall(SYS_clone3, &args, 8) == -1);
	CHECK(errno == EINVAL || errno == ENOSYS);
	CHECK(syscall(SYS_clone3, (void *)8, sizeof(args)) == -1);
	CHECK(errno == EFAULT || errno == ENOSYS);
	CHECK(syscall(SYS_clone, CLONE_SIGHAND, NULL, NULL, NULL, 0) == -1 && errno == EINVAL);
	CHECK(syscall(SYS_clone, CLONE_NEWNS | CLONE_FS, NULL, NULL, NULL, 0) == -1 &&
	      errno == EINVAL);
	CHECK(wait(NULL) == -1 && errno == ECHILD);
	puts("ok");
	return 0;
}
