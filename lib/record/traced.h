/* A task as its emulated tracer sees it: emulated.h. */
#ifndef RR_TRACED_H
#define RR_TRACED_H

#include "tracee/task.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

enum traced_state {
	TRACED_RUNNING,   /* without a tracer, or resumed by it */
	TRACED_STOPPED,   /* in a ptrace-stop that its tracer has not waited for yet */
	TRACED_REPORTED,  /* in one that waitpid(2) has returned */
	TRACED_LISTENING, /* in group-stop after PTRACE_LISTEN: SIGCONT is reported when it comes */
};

/* Where its ptrace-stop is: what the tracer may change there, and what is to be done when the task
 * goes on. It outlasts the stop until then. */
enum traced_at {
	TRACED_AT_NOTHING,
	TRACED_AT_EVENT,          /* where its last event left it */
	TRACED_AT_SIGNAL,         /* there too; a signal is to be delivered */
	TRACED_AT_SIGNAL_INEXACT, /* the same anywhere: the signal stops or ends the process */
	TRACED_AT_CALL,           /* at a call's entry; for a replay, before the call */
	TRACED_AT_SKIPPED_CALL,   /* the same; the call will not be made */
	TRACED_AT_FILTER,         /* the same; a seccomp filter has the tracer decide */
	TRACED_AT_EXIT,           /* at PTRACE_EVENT_EXIT */
	TRACED_IN_KERNEL, /* in a call that makes a task: its registers are not to be changed */
	TRACED_ANYWHERE,  /* between exact points */
};

/* What it was resumed for: PTRACE_CONT, PTRACE_SYSCALL, ... */
enum traced_resume {
	TRACED_CONT,
	TRACED_CALLS,    /* stops at entries and exits of calls */
	TRACED_STEP,     /* stops after one instruction */
	TRACED_STEPPING, /* the same, and it has been resumed to execute that */
};

struct traced {
	pid_t by;           /* the process that traces it; 0: none */
	bool seized, child; /* by PTRACE_SEIZE; it is a child of that process */
	uint32_t options;   /* PTRACE_O_* */
	enum traced_state state;
	enum traced_at at;
	enum traced_resume resume;
	bool skips_calls; /* resumed by PTRACE_SYSEMU and the like: it stops at entries of calls */
	bool before_result;  /* the ptrace-stop is inside a call that the recorder has finished */
	bool in_group_stop;  /* the ptrace-stop is one, or PTRACE_EVENT_STOP during one */
	bool interrupted;    /* by PTRACE_INTERRUPT; any ptrace-stop ends that */
	uint64_t unreported; /* signals whose next delivery the tracer has decided: bit N-1 */
	/* ptrace-stops that are to follow this call's end */
	enum { TRACED_DUE_CALL_EXIT = 1, TRACED_DUE_EXEC_TRAP = 2 } due;
	int status;   /* of the stop, as waitpid(2) has it */
	uint64_t msg; /* PTRACE_GETEVENTMSG */
	siginfo_t info;
	struct trace_regs regs; /* as the tracer sees them, and has changed them */
	enum { TRACED_CHANGED_REGS = 1, TRACED_CHANGED_XSTATE = 2 } changed;
	/* debug registers; in the status a 1 for what has happened, whatever the CPU holds then */
	uint64_t debug[ARCH_DEBUG_REGS];
	bool debug_due;     /* they could not be given to the CPU yet */
	uint8_t syscall_op; /* PTRACE_SYSCALL_INFO_ENTRY, _EXIT, _SECCOMP or 0 */
	int sig;            /* what the tracer resumed it with; 0: none */
};

/* In a ptrace-stop: only the tracer resumes it. */
static inline bool traced_is_stopped(const struct traced *d)
{
	return d->state == TRACED_STOPPED || d->state == TRACED_REPORTED;
}

static inline bool traced_stops_at_calls(const struct traced *d)
{
	return d->by && (d->resume == TRACED_CALLS || d->skips_calls);
}

static inline bool traced_stops_after_calls(const struct traced *d)
{
	return d->by && d->resume == TRACED_CALLS;
}

static inline bool traced_is_stepped(const struct traced *d)
{
	return d->resume == TRACED_STEP || d->resume == TRACED_STEPPING;
}

/* The signal of this stop is delivered when the task is resumed, or what the tracer gives instead.
 */
static inline bool traced_at_signal(const struct traced *d)
{
	return d->at == TRACED_AT_SIGNAL || d->at == TRACED_AT_SIGNAL_INEXACT;
}

#endif
