/* A tracer has calls skipped by setting orig_rax to -1 at their entry, with the result in rax or
 * without one. An exit stop follows each, where the result can be changed once more. */
#include "traced.h"

static void child(void)
{
	CHECK(syscall(SYS_getpid, 1) == 42);
	CHECK(syscall(SYS_getpid, 2) == -1 && errno == ENOSYS);
	CHECK(syscall(SYS_getpid, 3) == -1 && errno == EPERM);
	CHECK(syscall(SYS_getpid, 4) == 44);
	CHECK(syscall(SYS_getpid, 5) == -1 && errno == ENOSYS); /* an unknown call */
	_exit(syscall(SYS_getpid, 6) == getpid() ? 3 : 4);
}

static struct user_regs_struct entry_of(pid_t pid, unsigned long nr)
{
	struct user_regs_struct regs = at_call(pid);

	while (regs.orig_rax != nr) {
		at_call(pid);
		regs = at_call(pid);
	}
	CHECK((long)regs.rax == -ENOSYS);
	return regs;
}

static struct user_regs_struct skip(pid_t pid, unsigned long nr, long result)
{
	struct user_regs_struct regs = entry_of(pid, SYS_getpid);

	regs.orig_rax = nr;
	regs.rax = (unsigned long)result;
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	regs = at_call(pid);
	CHECK(regs.orig_rax == nr);
	return regs;
}

int main(void)
{
	pid_t pid = stopped_child(child, PTRACE_O_TRACESYSGOOD);
	struct user_regs_struct regs;

	CHECK(skip(pid, -1UL, 42).rax == 42);
	CHECK((long)skip(pid, -1UL, -ENOSYS).rax == -ENOSYS);
	CHECK((long)skip(pid, -1UL, -EPERM).rax == -EPERM);
	regs = skip(pid, -1UL, 43);
	regs.rax = 44;
	CHECK(!ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	CHECK((long)skip(pid, 9999, 45).rax == -ENOSYS);
	entry_of(pid, SYS_getpid);
	at_call(pid);
	CHECK(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	ends_with(pid, 3);
	puts("ok");
	return 0;
}
