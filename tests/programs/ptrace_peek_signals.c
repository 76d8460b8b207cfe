/* PTRACE_PEEKSIGINFO shows the signals that are pending for a child and for its process, with their
 * siginfo; PTRACE_SETSIGMASK unblocks them. */
#include "traced.h"

/* linux/ptrace.h, which sys/ptrace.h excludes */
struct peek_args {
	unsigned long off;
	unsigned flags;
	int nr;
};

static void child(void)
{
	sigset_t set;

	sigfillset(&set);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	raise(SIGUSR1);
	__asm__ volatile("int3");
}

static long peek(pid_t pid, unsigned flags, siginfo_t si[4])
{
	struct peek_args args = {0, flags, 4};

	memset(si, 0, 4 * sizeof(*si));
	return ptrace(PTRACE_PEEKSIGINFO, pid, &args, si);
}

int main(void)
{
	siginfo_t si[4];
	unsigned long mask;
	pid_t pid = stopped_child(child, 0);

	go_on(pid, 0);
	stopped_by(pid, SIGTRAP);
	CHECK(!sigqueue(pid, SIGRTMIN, (union sigval){5}) &&
	      !sigqueue(pid, SIGRTMIN, (union sigval){6}));
	CHECK(peek(pid, 0, si) == 1 && si[0].si_signo == SIGUSR1 && si[0].si_pid == pid);
	CHECK(peek(pid, PTRACE_PEEKSIGINFO_SHARED, si) == 2);
	CHECK(si[0].si_signo == SIGRTMIN && si[0].si_int == 5 && si[1].si_int == 6);
	CHECK(si[0].si_code == SI_QUEUE && si[0].si_pid == getpid());
	CHECK(!ptrace(PTRACE_GETSIGMASK, pid, sizeof(mask), &mask) && mask >> (SIGUSR1 - 1) & 1);
	mask &= ~(1ul << (SIGUSR1 - 1));
	CHECK(!ptrace(PTRACE_SETSIGMASK, pid, sizeof(mask), &mask));
	go_on(pid, 0);
	stopped_by(pid, SIGUSR1);
	CHECK(peek(pid, 0, si) == 0);
	go_on(pid, 0);
	ends_with(pid, 0);
	puts("ok");
	return 0;
}
