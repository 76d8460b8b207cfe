/* seccomp refuses broken programs and says which actions it knows. */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

int main(void)
{
	struct sock_filter no_return[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)};
	struct sock_fprog program = {.len = 1, .filter = no_return}, empty = {0};
	unsigned actions[] = {SECCOMP_RET_ERRNO, SECCOMP_RET_TRAP, SECCOMP_RET_KILL_PROCESS,
			      0x12340000};
	int i;

	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == -1 && errno == EINVAL);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &empty, 0, 0) == -1 && errno == EINVAL);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 16L, 0, 0) == -1 && errno == EFAULT);
	CHECK(prctl(PR_SET_SECCOMP, 9, 0, 0, 0) == -1 && errno == EINVAL);
	CHECK(syscall(SYS_seccomp, 99, 0, NULL) == -1 && errno == EINVAL);
	for (i = 0; i < 4; i++)
		printf("action %#x: %ld\n", actions[i],
		       syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &actions[i]));
	printf("mode %d\n", prctl(PR_GET_SECCOMP));
	CHECK(getppid() > 0);
	puts("ok");
	return 0;
}
