/* A tracer stops at entries and exits of calls and for a seccomp filter: in that order, and the
 * filter sees the call that the tracer has changed at its entry. */
#include "filter.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static void tracee(void)
{
	CHECK(!ptrace(PTRACE_TRACEME, 0, 0, 0));
	CHECK(!filter_install(0, SYS_getpriority, SECCOMP_RET_TRACE | 7, 0));
	raise(SIGSTOP);
	syscall(SYS_getpgrp);             /* becomes getpriority */
	syscall(SYS_getpriority, 0x1234); /* becomes getpgrp */
	syscall(SYS_getpriority, 0x1234, 0);
	_exit(0);
}

int main(void)
{
	pid_t pid = fork();
	int status, nth = 0;

	if (!pid)
		tracee();
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	CHECK(!ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD));
	for (;;) {
		struct user_regs_struct g;
		CHECK(!ptrace(PTRACE_SYSCALL, pid, 0, 0));
		CHECK(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			break;
		CHECK(!ptrace(PTRACE_GETREGS, pid, 0, &g));
		if (nth < 20)
			printf("stop %x call %lld\n", status >> 8, (long long)g.orig_rax);
		if (status >> 8 == (SIGTRAP | 0x80) && (long)g.rax == -ENOSYS) {
			if (g.orig_rax == SYS_getpgrp)
				g.orig_rax = SYS_getpriority;
			else if (g.orig_rax == SYS_getpriority && !g.rsi)
				g.orig_rax = SYS_getpgrp;
			CHECK(!ptrace(PTRACE_SETREGS, pid, 0, &g));
		}
		nth++;
	}
	printf("status %d\n", status);
	puts("ok");
	return 0;
}
