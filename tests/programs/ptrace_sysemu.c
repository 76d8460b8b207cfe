/* PTRACE_SYSEMU: a child's calls are not made; its tracer answers them. */
#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

static char text[8] = "nothing";

static void child(void)
{
	CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	for (int i = 0; i < 5; i++) {
		long n = syscall(SYS_write, 1, "never written\n", 14);
		if (n != 100 + i)
			syscall(SYS_exit_group, 1);
	}
	if (syscall(SYS_read, 0, text, 8) != 8 || strcmp(text, "an echo"))
		syscall(SYS_exit_group, 2);
	if (syscall(SYS_getpid) != -1 || errno != ENOSYS)
		syscall(SYS_exit_group, 3);
	puts("the child's own");
	_exit(4);
}

int main(void)
{
	struct user_regs_struct regs;
	int status, writes = 0;
	uint64_t echo;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		child();
	CHECK(waitpid(pid, &status, 0) == pid && WSTOPSIG(status) == SIGSTOP);
	for (;;) {
		CHECK(!ptrace(PTRACE_SYSEMU, pid, NULL, 0L));
		CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) &&
		      WSTOPSIG(status) == SIGTRAP);
		CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		CHECK((long)regs.rax == -ENOSYS);
		if (regs.orig_rax == SYS_write) {
			regs.rax = (unsigned long)(100 + writes++);
		} else if (regs.orig_rax == SYS_read) {
			memcpy(&echo, "an echo", 8);
			CHECK(!ptrace(PTRACE_POKEDATA, pid, (void *)regs.rsi, echo));
			regs.rax = 8;
		} else if (regs.orig_rax == SYS_getpid) {
			break;
		}
		CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	}
	CHECK(!ptrace(PTRACE_CONT, pid, NULL, 0L)); /* this one is not made either */
	status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 4 && writes == 5);
	puts("ok");
	return 0;
}
