/* SECCOMP_RET_KILL_PROCESS and KILL_THREAD in children: death by SIGSYS, or of one thread alone. */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static void *forbidden_call(void *arg)
{
	struct sock_fprog program = {.len = 4, .filter = filter};

	CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
	syscall(SYS_getpriority, 0, 0);
	puts("never reached");
	return arg;
}

int main(void)
{
	unsigned actions[] = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD};
	pthread_t thread;
	int i, status;
	pid_t child;

	for (i = 0; i < 2; i++) {
		filter[2].k = actions[i];
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			CHECK(!prctl(PR_SET_DUMPABLE, 0) &&
			      !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
			CHECK(!pthread_create(&thread, NULL, forbidden_call, NULL));
			CHECK(!pthread_join(thread, NULL));
			_exit(5);
		}
		status = status_of(child);
		printf("child %d status %#x\n", (int)child, status & 0xff7f);
		CHECK(i ? WEXITSTATUS(status) == 5 : WTERMSIG(status) == SIGSYS);
	}
	puts("ok");
	return 0;
}
