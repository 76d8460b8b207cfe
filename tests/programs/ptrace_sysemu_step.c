/* PTRACE_SYSEMU_SINGLESTEP: a child stops after each instruction, and at the entries of its calls,
 * which are not made. */
#include "traced.h"

extern char calls_end[], calls[];
__asm__(".text\n"
	"calls:	mov $39, %eax\n" /* getpid */
	"	syscall\n"
	"	mov %rax, %rdx\n"
	"	mov $110, %eax\n" /* getppid */
	"	syscall\n"
	"	nop\n"
	"calls_end: ret\n");

static void child(void)
{
	long a, b;

	__asm__ volatile("int3\n\tcall calls" : "=d"(a), "=a"(b) : : "rcx", "r11", "memory");
	_exit(a == 77 && b == -ENOSYS ? 5 : 6);
}

int main(void)
{
	struct user_regs_struct regs;
	siginfo_t si;
	int steps = 0, entries = 0;
	pid_t pid = stopped_child(child, PTRACE_O_TRACESYSGOOD);

	go_on(pid, 0);
	stopped_by(pid, SIGTRAP);
	do {
		int status;
		CHECK(!ptrace(PTRACE_SYSEMU_SINGLESTEP, pid, NULL, 0L));
		CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
		CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		CHECK(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &si));
		printf("%x at %ld code %x\n", status >> 8, (long)(regs.rip - (unsigned long)calls),
		       (unsigned)si.si_code);
		if (WSTOPSIG(status) == SIGTRAP) {
			steps++;
			continue;
		}
		CHECK(WSTOPSIG(status) == (SIGTRAP | 0x80));
		CHECK(regs.orig_rax == (entries++ ? SYS_getppid : SYS_getpid));
		CHECK((long)regs.rax == -ENOSYS);
		if (entries == 1) {
			regs.rax = 77;
			CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
		}
	} while (regs.rip != (unsigned long)calls_end);
	printf("%d steps\n", steps);
	CHECK(entries == 2);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	ends_with(pid, 5);
	puts("ok");
	return 0;
}
