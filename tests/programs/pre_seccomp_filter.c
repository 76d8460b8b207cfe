/* A filter that kills for all calls but three, with signals in the middle of a loop. */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define ALLOW(nr) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static volatile int rung;

static void ring(int sig)
{
	(void)sig;
	rung++;
}

int main(void)
{
	const struct itimerval often = {{0, 1000}, {0, 1000}};
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(SYS_write), ALLOW(SYS_exit_group), ALLOW(SYS_rt_sigreturn),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
	const struct sock_fprog prog = {sizeof(filter) / sizeof(*filter), filter};

	CHECK(signal(SIGALRM, ring) != SIG_ERR && !setitimer(ITIMER_REAL, &often, NULL));
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	      !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog));
	while (rung < 50)
		;
	CHECK(write(1, "ok\n", 3) == 3);
	_exit(0);
}
