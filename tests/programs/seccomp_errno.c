/* A seccomp filter of the program: SECCOMP_RET_ERRNO for one call; inherited by children and exec.
 */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 123),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

int main(int argc, char **argv)
{
	struct sock_fprog program = {.len = 4, .filter = filter};
	char *args[] = {argv[0], "again", NULL};
	pid_t child;

	if (argc > 1)
		return syscall(SYS_getppid) == -1 && errno == 123 ? 7 : 1;
	printf("parent %ld\n", syscall(SYS_getppid));
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
	CHECK(prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER);
	CHECK(syscall(SYS_getppid) == -1 && errno == 123);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(syscall(SYS_getppid) == -1 && errno == 123);
		execv("/proc/self/exe", args);
		_exit(2);
	}
	CHECK(WEXITSTATUS(status_of(child)) == 7);
	puts("ok");
	return 0;
}
