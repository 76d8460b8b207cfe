/* PTRACE_CONT and at once PTRACE_INTERRUPT: what the tracer has changed in registers stays, at a
 * signal, at a call's entry and after an instruction. */
#include "traced.h"

#include <stddef.h>

static long value(void)
{
	long x = 1;

	__asm__ volatile("int3" : "+a"(x));
	return x;
}

static void child(void)
{
	CHECK(value() == 7);
	CHECK(value() == 8);
	CHECK(syscall(SYS_getppid) == 9);
	_exit(3);
}

static void set(pid_t pid, size_t reg, long to)
{
	CHECK(!ptrace(PTRACE_POKEUSER, pid, reg, to));
}

#define RAX offsetof(struct user, regs.rax)

/* It has not run meanwhile, or has run until the next stop. */
static void interrupt(pid_t pid)
{
	CHECK(!ptrace(PTRACE_CONT, pid, NULL, 0L));
	CHECK(!ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
}

int main(void)
{
	int status, stops = 0;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		raise(SIGSTOP);
		child();
	}
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(!ptrace(PTRACE_SEIZE, pid, NULL, (long)PTRACE_O_TRACESYSGOOD));
	stopped_by(pid, SIGSTOP | PTRACE_EVENT_STOP << 8);
	kill(pid, SIGCONT);
	go_on(pid, 0);
	for (long x = 6; waitpid(pid, &status, 0) == pid && WIFSTOPPED(status);) {
		struct user_regs_struct g;
		CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &g));
		if (status >> 8 == SIGTRAP) {
			set(pid, RAX, ++x);
			interrupt(pid);
			stops++;
		} else if (status >> 8 == (SIGTRAP | 0x80) && g.orig_rax == SYS_getppid) {
			set(pid, offsetof(struct user, regs.orig_rax), -1);
			set(pid, RAX, 9);
			interrupt(pid);
			stops++;
		} else {
			CHECK(!ptrace(x == 8 ? PTRACE_SYSCALL : PTRACE_CONT, pid, NULL, 0L));
		}
	}
	CHECK(stops == 3 && WIFEXITED(status) && WEXITSTATUS(status) == 3);
	puts("ok");
	return 0;
}
