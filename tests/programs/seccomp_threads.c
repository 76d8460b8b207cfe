/* SECCOMP_FILTER_FLAG_TSYNC puts a filter on a thread that was there before. */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 99),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static int fds[2];

static void *call(void *arg)
{
	char byte;

	CHECK(read(fds[0], &byte, 1) == 1);
	CHECK(syscall(SYS_getpriority, 0, 0) == -1 && errno == 99);
	printf("thread %d is filtered\n", (int)gettid());
	return arg;
}

int main(void)
{
	struct sock_fprog program = {.len = 4, .filter = filter};
	pthread_t thread;

	CHECK(!pipe(fds));
	CHECK(!pthread_create(&thread, NULL, call, NULL));
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program));
	CHECK(write(fds[1], "x", 1) == 1);
	CHECK(!pthread_join(thread, NULL));
	CHECK(syscall(SYS_getpriority, 0, 0) == -1 && errno == 99);
	puts("ok");
	return 0;
}
