/* A tracer changes a child's memory and registers, at a signal, at an int3, and in between. */
#include "traced.h"

#include <elf.h>
#include <stddef.h>
#include <sys/uio.h>
#include <sys/user.h>

static volatile long shared[2] = {1, 2};
static volatile double real;

static long breaks(long x)
{
	long y;

	__asm__ volatile("int3\n\tmov %1, %0" : "=r"(y) : "r"(x));
	return y;
}

static __attribute__((noinline)) long never(long x)
{
	return x;
}

static void child(void)
{
	CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	CHECK(shared[0] == 11 && shared[1] == 22);
	shared[0] = breaks(5);
	CHECK(shared[0] == 5);
	/* the tracer skips the invalid instruction */
	long x = 1;
	__asm__ volatile("ud2" : "+r"(x));
	double d = 1.5;
	__asm__ volatile("movsd %1, %%xmm7\n\tint3\n\tmovsd %%xmm7, %0"
			 : "=m"(real)
			 : "m"(d)
			 : "xmm7");
	CHECK(real == 2.5);
	/* a call that the tracer makes */
	__asm__ volatile("int3");
	CHECK(never(8) == 8);
	puts("child: ok");
	fflush(stdout);
	_exit(shared[1]);
}

int main(void)
{
	struct user_regs_struct regs, kept;
	struct user_fpregs_struct fp;
	siginfo_t si;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		child();
	stopped_by(pid, SIGSTOP);
	CHECK(!ptrace(PTRACE_POKEDATA, pid, &shared[0], 11L));
	CHECK(!ptrace(PTRACE_POKEDATA, pid, &shared[1], 22L));
	CHECK(ptrace(PTRACE_PEEKDATA, pid, &shared[1], NULL) == 22);
	CHECK(ptrace(PTRACE_POKEDATA, pid, (void *)8, 1L) == -1 && errno == EIO);
	CHECK(shared[1] == 2); /* this process's copy */
	go_on(pid, 0);

	stopped_by(pid, SIGTRAP);
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si) && si.si_code == SI_KERNEL);
	go_on(pid, 0);

	stopped_by(pid, SIGILL);
	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	CHECK(!ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.rip), regs.rip + 2));
	go_on(pid, 0);

	stopped_by(pid, SIGTRAP);
	CHECK(!ptrace(PTRACE_GETFPREGS, pid, NULL, &fp));
	double d;
	memcpy(&d, &fp.xmm_space[4 * 7], sizeof(d));
	CHECK(d == 1.5);
	d = 2.5;
	memcpy(&fp.xmm_space[4 * 7], &d, sizeof(d));
	CHECK(!ptrace(PTRACE_SETFPREGS, pid, NULL, &fp));
	go_on(pid, 0);

	/* It calls never(3), and comes back by a fault at address 0. */
	struct iovec v = {&regs, sizeof(regs)};
	stopped_by(pid, SIGTRAP);
	CHECK(!ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &v) && v.iov_len == sizeof(regs));
	kept = regs;
	regs.rsp = ((regs.rsp - 256) & ~15ul) - 8;
	CHECK(!ptrace(PTRACE_POKEDATA, pid, (void *)regs.rsp, 0L));
	regs.rip = (unsigned long)never;
	regs.rdi = 3;
	CHECK(!ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &v));
	go_on(pid, 0);
	stopped_by(pid, SIGSEGV);
	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs) && regs.rip == 0 && regs.rax == 3);
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &kept));
	go_on(pid, 0);
	int status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 22);
	puts("ok");
	return 0;
}
