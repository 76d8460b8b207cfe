/* A tracer attaches to a child that waits in a call, by PTRACE_ATTACH and by PTRACE_SEIZE, reads
 * and changes its floating-point registers, and has it call a function. */
#include "traced.h"

#include <elf.h>
#include <sys/uio.h>

static int pipes[2];
static volatile int called;

static void function(int x)
{
	called += x;
	__asm__ volatile("int3");
}

static void child(void)
{
	char c;
	long n;
	double d = 1.5;

	__asm__ volatile("movsd %3, %%xmm7\n\tsyscall\n\tmovsd %%xmm7, %1"
			 : "=a"(n), "=m"(d)
			 : "a"(SYS_read), "m"(d), "D"(pipes[0]), "S"(&c), "d"(1)
			 : "xmm7", "rcx", "r11", "memory");
	CHECK(n == 1 && d == 3.5 && called == 7);
	_exit(c);
}

static void change(pid_t pid, double from, double to)
{
	static char area[1 << 14];
	struct iovec v = {area, sizeof(area)};
	struct user_fpregs_struct fp;
	double d;

	CHECK(!ptrace(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &v) && v.iov_len > sizeof(fp));
	memcpy(&d, area + 160 + 16 * 7, sizeof(d));
	CHECK(d == from);
	CHECK(!ptrace(PTRACE_GETFPREGS, pid, NULL, &fp));
	memcpy(&d, &fp.xmm_space[4 * 7], sizeof(d));
	CHECK(d == from);
	memcpy(&fp.xmm_space[4 * 7], &to, sizeof(d));
	CHECK(!ptrace(PTRACE_SETFPREGS, pid, NULL, &fp));
}

int main(void)
{
	struct user_regs_struct regs, call;
	pid_t pid;

	CHECK(!pipe(pipes) && (pid = fork()) >= 0);
	if (!pid)
		child();
	await_sleep(pid);
	CHECK(!ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	stopped_by(pid, SIGSTOP);
	change(pid, 1.5, 2.5);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	await_sleep(pid);
	CHECK(!ptrace(PTRACE_SEIZE, pid, NULL, 0L) && !ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	stopped_by(pid, SIGTRAP | PTRACE_EVENT_STOP << 8);
	change(pid, 2.5, 3.5);
	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	CHECK(regs.orig_rax == SYS_read && (long)regs.rax == -512);
	call = regs;
	call.rsp = ((call.rsp - 256) & ~15UL) - 8;
	call.rip = (unsigned long)function;
	call.rdi = 7;
	call.orig_rax = -1UL;
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &call));
	go_on(pid, 0);
	stopped_by(pid, SIGTRAP);
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	CHECK(write(pipes[1], "7", 1) == 1);
	ends_with(pid, '7');
	puts("ok");
	return 0;
}
