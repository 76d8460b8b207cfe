/* SECCOMP_RET_TRACE with a tracer that wants it: it sees each class of call at its entry, and lets
 * it be made, changes it to another, or gives its result. */
#include "filter.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static void tracee(void)
{
	size_t i;

	CHECK(!ptrace(PTRACE_TRACEME, 0, 0, 0));
	raise(SIGSTOP);
	CHECK(!filter_install(0, -1, SECCOMP_RET_TRACE, 1));
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == 1000 + (long)i);
	CHECK(!class_is_mapped());
	for (i = 0; i < NCLASSES; i++)
		CHECK(class_call(&classes[i]) == getppid());
	CHECK(class_call(&classes[2]) == (long)CLASS_AT && class_is_mapped());
	syscall(SYS_exit_group, 7);
}

static void at_filter(pid_t pid, int nth)
{
	struct __ptrace_syscall_info info;
	struct user_regs_struct g;
	unsigned long message;
	siginfo_t si;

	CHECK(!ptrace(PTRACE_GETEVENTMSG, pid, 0, &message) && message < NCLASSES);
	CHECK(!ptrace(PTRACE_GETREGS, pid, 0, &g));
	CHECK((long)g.orig_rax == classes[message].nr && (long)g.rax == -ENOSYS);
	CHECK((long)g.rdi == classes[message].args[0] || g.orig_rax == SYS_exit_group);
	CHECK(!ptrace(PTRACE_GETSIGINFO, pid, 0, &si) &&
	      si.si_code == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8));
	CHECK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0);
	CHECK(info.op == PTRACE_SYSCALL_INFO_SECCOMP && info.seccomp.ret_data == message &&
	      info.seccomp.nr == g.orig_rax && info.seccomp.args[1] == g.rsi);
	if (nth < (int)NCLASSES) {
		g.orig_rax = (unsigned long)-1;
		g.rax = 1000 + message;
	} else if (nth < 2 * (int)NCLASSES) {
		g.orig_rax = SYS_getppid;
	}
	CHECK(!ptrace(PTRACE_SETREGS, pid, 0, &g));
}

int main(void)
{
	pid_t pid = fork();
	int status, nth = 0;

	if (!pid)
		tracee();
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	CHECK(!ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESECCOMP));
	for (;;) {
		CHECK(!ptrace(PTRACE_CONT, pid, 0, 0));
		CHECK(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			break;
		CHECK(status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8));
		at_filter(pid, nth++);
	}
	printf("%d stops, status %d\n", nth, status);
	puts("ok");
	return 0;
}
