/* PTRACE_SINGLESTEP: a child steps through loops, jumps, calls, system calls, a handler and
 * nondeterministic instructions; and breakpoints in its code, set by different writers. */
#include "traced.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <sys/user.h>

extern char steps[], loop[], callee[], after_call[], ends[];
__asm__(".text\n"
	"steps:	mov $3, %ecx\n"
	"loop:	dec %ecx\n"
	"	jnz loop\n"
	"	call callee\n"
	"after_call: mov $39, %eax\n" /* getpid */
	"	syscall\n"
	"	cpuid\n"
	"	rdtsc\n"
	"	pushf\n"
	"	pop %rax\n"
	"	lea 1f(%rip), %rdx\n"
	"	jmp *%rdx\n"
	"	ud2\n"
	"1:	nop\n"
	"ends:	ret\n"
	"callee: nop\n"
	"	ret\n");

static volatile int handled;

static void handler(int sig)
{
	handled = sig;
}

static __attribute__((noinline)) int breaks(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}

static void child(void)
{
	signal(SIGUSR1, handler);
	CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	__asm__ volatile("int3\n\tcall steps"
			 :
			 :
			 : "rax", "rbx", "rcx", "rdx", "r11", "cc", "memory");
	raise(SIGUSR1);
	CHECK(handled == SIGUSR1);
	int sum = 0;
	for (int i = 0; i < 10; i++)
		sum += breaks(i);
	CHECK(sum == 55);
	_exit(5);
}

static unsigned long pc_of(pid_t pid, struct user_regs_struct *regs)
{
	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, regs));
	return regs->rip;
}

static unsigned long step(pid_t pid, struct user_regs_struct *regs)
{
	siginfo_t si;

	CHECK(!ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
	stopped_by(pid, SIGTRAP);
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si));
	/* after a call */
	CHECK(si.si_code == TRAP_TRACE || si.si_code == TRAP_BRKPT || si.si_code == SI_USER);
	return pc_of(pid, regs);
}

int main(void)
{
	struct user_regs_struct regs;
	int n = 0, loops = 0, calls = 0;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		child();
	stopped_by(pid, SIGSTOP);
	go_on(pid, 0);
	stopped_by(pid, SIGTRAP);
	CHECK(step(pid, &regs) == (unsigned long)steps);
	for (unsigned long pc = regs.rip; pc != (unsigned long)ends; n++) {
		loops += pc == (unsigned long)loop;
		calls += pc == (unsigned long)callee;
		pc = step(pid, &regs);
		CHECK(!(regs.eflags & 0x100));
	}
	printf("%d steps, %d times round, %d calls\n", n, loops, calls);
	/* If the hypervisor emulates cpuid, the trap may come only after the next instruction. */
	CHECK((n == 19 || n == 18) && loops == 3 && calls == 1);
	/* into a handler */
	go_on(pid, 0);
	stopped_by(pid, SIGUSR1);
	CHECK(!ptrace(PTRACE_SINGLESTEP, pid, NULL, (long)SIGUSR1));
	stopped_by(pid, SIGTRAP);
	CHECK(pc_of(pid, &regs) == (unsigned long)handler && regs.rdi == SIGUSR1);
	/* a breakpoint, as debuggers have them */
	errno = 0;
	long word = ptrace(PTRACE_PEEKTEXT, pid, (void *)breaks, NULL);
	CHECK(!errno);
	CHECK(!ptrace(PTRACE_POKETEXT, pid, (void *)breaks, (word & ~0xffL) | 0xcc));
	for (int i = 0; i < 10; i++) {
		go_on(pid, 0);
		stopped_by(pid, SIGTRAP);
		CHECK(pc_of(pid, &regs) == (unsigned long)breaks + 1 && (int)regs.rdi == i);
		regs.rip--;
		CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
		CHECK(!ptrace(PTRACE_POKETEXT, pid, (void *)breaks, word));
		step(pid, &regs);
		if (i < 9)
			CHECK(!ptrace(PTRACE_POKETEXT, pid, (void *)breaks,
				      (word & ~0xffL) | 0xcc));
	}
	go_on(pid, 0);
	int status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	puts("ok");
	return 0;
}
