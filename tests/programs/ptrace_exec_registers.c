/* After an execve or an execveat the number of execve is in orig_rax, at PTRACE_EVENT_EXEC, at the
 * exit of the call, and at the SIGTRAP that a tracer gets who asks for neither. */
#include "traced.h"

static char *self;
static int by_at;

static void child(void)
{
	char *argv[] = {self, "again", NULL};

	if (by_at)
		syscall(SYS_execveat, AT_FDCWD, self, argv, NULL, 0);
	else
		execve(self, argv, NULL);
}

static struct user_regs_struct registers(pid_t pid)
{
	struct user_regs_struct regs;

	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	CHECK(regs.orig_rax == SYS_execve);
	return regs;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return 9;
	self = argv[0];
	for (by_at = 0; by_at < 2; by_at++) {
		struct __ptrace_syscall_info info;
		unsigned long nr = by_at ? SYS_execveat : SYS_execve, msg;
		pid_t pid = stopped_child(child, PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD);

		while (at_call(pid).orig_rax != nr)
			at_call(pid);
		CHECK(!ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		stopped_by(pid, SIGTRAP | PTRACE_EVENT_EXEC << 8);
		CHECK(!ptrace(PTRACE_GETEVENTMSG, pid, NULL, &msg) && (pid_t)msg == pid);
		CHECK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0);
		CHECK(info.op == PTRACE_SYSCALL_INFO_NONE);
		struct user_regs_struct regs = registers(pid);
		CHECK((long)regs.rax == -ENOSYS); /* the result is not there yet */
		CHECK(at_call(pid).rip == regs.rip);
		CHECK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0);
		CHECK(info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.rval == 0);
		CHECK(registers(pid).rax == 0);
		go_on(pid, 0);
		ends_with(pid, 9);

		pid = stopped_child(child, 0);
		go_on(pid, 0);
		stopped_by(pid, SIGTRAP);
		registers(pid);
		go_on(pid, 0);
		ends_with(pid, 9);
	}
	puts("ok");
	return 0;
}
