/* The emulated tracer's view of a task: ptrace(2). */
#ifndef RR_TRACED_H
#define RR_TRACED_H

#include "tracee/task.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Where a task halts for its tracer, and so what that may change. */
enum halt_at {
	HALT_NOT,
	HALT_EVENT,  /* right where an event has left it */
	HALT_SIGNAL, /* there too; a signal is to be delivered */
	/* there too; at the entry of a call, which it stands in front of, for a replay */
	HALT_CALL,
	HALT_NO_CALL, /* the same, and the call will not be made */
	HALT_LEAVES,  /* on its way out */
	HALT_INSIDE,  /* where an event tells of, but not of its registers: in a call */
	HALT_MIDWAY,  /* somewhere else */
};

/* A task that another of the program's traces: ptrace(2). The kernel's own tracer is us. */
struct traced {
	pid_t by;           /* the process that traces it; 0: none */
	bool seized, child; /* child: of that process */
	uint32_t options;   /* PTRACE_O_* */
	bool calls;         /* it halts at calls, too */
	bool sysemu;        /* and does not make them */
	/* it halts behind one instruction; that is made by resuming it */
	enum { STEP_NOT, STEP_WANTED, STEP_RESUMED } step;
	/* it has yet to halt at the end of this call, or for having become another program */
	bool at_exit, exec_trap;
	bool halted;     /* it takes no turn */
	bool unreported; /* and its tracer has yet to be told */
	bool stopped;    /* by a stop signal, as its whole process */
	bool listening;  /* it stays so until that goes on: PTRACE_LISTEN */
	bool leave_stop; /* and the tracer lets it go on all the same */
	enum halt_at at;
	int status; /* as waitpid tells it */
	uint64_t msg;
	siginfo_t info;
	struct trace_regs regs; /* as its tracer sees them, and leaves them */
	bool changed, xstate_changed;
	/* debug registers; in the status a 1 for what has happened, whatever the CPU holds then */
	uint64_t debug[ARCH_DEBUG_REGS];
	bool debug_due;     /* they are yet to be given to the CPU */
	bool inexact;       /* HALT_SIGNAL: it acts at no exact point */
	uint8_t syscall_op; /* PTRACE_SYSCALL_INFO_ENTRY, _EXIT or 0 */
	int sig;            /* what the tracer lets it go on with */
};

#endif
