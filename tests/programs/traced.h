/* What the tracees share that trace a child. */
#ifndef TRACED_H
#define TRACED_H

#include "check.h"

#include <signal.h>
#include <sys/ptrace.h>

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

#endif
