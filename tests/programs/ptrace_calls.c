/* PTRACE_SYSCALL: a child stops at the entry and the exit of its calls; its tracer reads and
 * changes their arguments, results and numbers. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

static char text[] = "the child's words\n";

static void child(void)
{
	CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	long id = syscall(SYS_getppid);
	CHECK(id == 4242);                                   /* its result is changed */
	CHECK(syscall(SYS_getuid) == getpid());              /* it becomes another call */
	CHECK(syscall(SYS_getpid) == -1 && errno == ENOSYS); /* it is not made */
	/* its length and the bytes are changed */
	CHECK(syscall(SYS_write, 1, text, sizeof(text) - 1) == 4);
	CHECK(syscall(SYS_close, 1000) == -1 && errno == EBADF);
	_exit(3);
}

static int status;

static void to_call(pid_t pid)
{
	CHECK(!ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	CHECK(waitpid(pid, &status, __WALL) == pid);
}

/* Resumes the child to the entry of that call; other calls before it are made. */
static struct user_regs_struct entry_of(pid_t pid, long nr)
{
	struct user_regs_struct regs;

	for (;;) {
		to_call(pid);
		CHECK(status == ((SIGTRAP | 0x80) << 8 | 0x7f));
		CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		if ((long)regs.orig_rax == nr) {
			CHECK((long)regs.rax == -ENOSYS);
			return regs;
		}
		to_call(pid);
	}
}

static struct user_regs_struct end_of(pid_t pid)
{
	struct user_regs_struct regs;

	to_call(pid);
	CHECK(status == ((SIGTRAP | 0x80) << 8 | 0x7f));
	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	return regs;
}

int main(void)
{
	struct user_regs_struct regs;
	struct __ptrace_syscall_info info = {0};
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid)
		child();
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	CHECK(ptrace(PTRACE_SETOPTIONS, pid, NULL, ~0L) == -1 && errno == EINVAL);
	CHECK(!ptrace(PTRACE_SETOPTIONS, pid, NULL, (long)PTRACE_O_TRACESYSGOOD));

	entry_of(pid, SYS_getppid);
	regs = end_of(pid);
	CHECK((pid_t)regs.rax == getpid());
	regs.rax = 4242;
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));

	regs = entry_of(pid, SYS_getuid);
	regs.orig_rax = SYS_getpid;
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	regs = end_of(pid);
	CHECK((pid_t)regs.rax == pid);

	entry_of(pid, SYS_getpid); /* the flag of the comparison */
	end_of(pid);
	entry_of(pid, SYS_getpid);
	CHECK(!ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, regs.orig_rax), -1L));
	regs = end_of(pid);
	CHECK((long)regs.rax == -ENOSYS);

	regs = entry_of(pid, SYS_write);
	CHECK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) == 80);
	CHECK(info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_write &&
	      info.entry.args[1] == (unsigned long)text);
	CHECK(info.instruction_pointer == regs.rip && info.stack_pointer == regs.rsp);
	CHECK(ptrace(PTRACE_PEEKDATA, pid, text, NULL) == *(long *)text);
	CHECK(!ptrace(PTRACE_POKEDATA, pid, text, 0x0a6b6f0a6b6fL));
	regs.rdx = 3;
	regs.rsi += 0;
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	regs = end_of(pid);
	CHECK(regs.rax == 3);
	CHECK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) == 33);
	CHECK(info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.rval == 3 && !info.exit.is_error);
	regs.rax = 4;
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));

	entry_of(pid, SYS_close);
	end_of(pid);
	CHECK(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) == 33 &&
	      info.exit.is_error && info.exit.rval == -EBADF);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	status = status_of(pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	puts("ok");
	return 0;
}
