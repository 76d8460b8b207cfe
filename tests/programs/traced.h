/* What the tracees share that trace a child. */
#ifndef TRACED_H
#define TRACED_H

#include "check.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

/* Waits until it is in a ptrace-stop: at a signal, or (SIGTRAP | event << 8) at an event. */
static inline void stopped_by(pid_t pid, int what)
{
	int status;

	CHECK(waitpid(pid, &status, __WALL) == pid);
	CHECK(status == (what << 8 | 0x7f));
}

static inline void go_on(pid_t pid, int sig)
{
	CHECK(!ptrace(PTRACE_CONT, pid, NULL, (long)sig));
}

/* At the entry or the exit of a call, with PTRACE_O_TRACESYSGOOD. */
static inline struct user_regs_struct at_call(pid_t pid)
{
	struct user_regs_struct regs;

	CHECK(!ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	stopped_by(pid, SIGTRAP | 0x80);
	CHECK(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	return regs;
}

/* A child that is traced by its parent and stopped by its own SIGSTOP. It then runs fn. */
static inline pid_t stopped_child(void (*fn)(void), long options)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		CHECK(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		fn();
		_exit(0);
	}
	stopped_by(pid, SIGSTOP);
	CHECK(!ptrace(PTRACE_SETOPTIONS, pid, NULL, options));
	return pid;
}

static inline void ends_with(pid_t pid, int code)
{
	int status = status_of(pid);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == code);
}

#endif
