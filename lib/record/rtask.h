/* A recorded task: where it is in its program, what the kernel has reported of it, and its events.
 *
 * STATES.md explains the states and how a task moves between them. */
#ifndef RR_RTASK_H
#define RR_RTASK_H

#include "counter/hpc.h"
#include "counter/soft.h"
#include "kernel/recording.h"
#include "record/traced.h"
#include "tracee/task.h"
#include "tracee/waitstatus.h"

#include <bsd/sys/queue.h>

struct recorder;

/* Where a task is. STATES.md has the same list with its transitions. */
enum rtask_state {
	/* stopped in the program's code: */
	RTASK_AT_POINT,     /* at its last exact point */
	RTASK_BETWEEN,      /* past it; no task that shares its memory may run */
	RTASK_BETWEEN_FREE, /* past it; other tasks may run: nothing they could see has changed */
	RTASK_FRAME_FAILED, /* the kernel could not write a signal frame; SIGSEGV is pending */
	/* in the program's code, resumed: */
	RTASK_RUNNING,
	/* in a call of the program's: */
	RTASK_AT_ENTRY,         /* at its entry, in a ptrace-stop for the emulated tracer */
	RTASK_IN_CALL,          /* it has no event yet */
	RTASK_IN_CALL_RECORDED, /* its entry is an event */
	RTASK_IN_EXEC,          /* in execve, whose old program is gone */
	RTASK_IN_EXEC_RECORDED,
	/* at its end: */
	RTASK_EXITING, /* at PTRACE_EVENT_EXIT, in a ptrace-stop for the emulated tracer */
	RTASK_ENDING,  /* resumed from there; the kernel may need other tasks to end first */
	RTASK_GONE,    /* its exit is an event */
	RTASK_NSTATES
};

/* Whether the task can be resumed; independent of where it is. */
enum rtask_sched {
	SCHED_READY,   /* stopped by us */
	SCHED_BLOCKED, /* in a call that waits; other tasks run meanwhile */
	SCHED_STOPPED, /* in group-stop; the kernel reports when that ends */
};

/* What kind of place an exact point is: a replay finds it by its ticks and registers. */
enum point_kind {
	POINT_EVENT, /* where the task's last event left it */
	POINT_CALL,  /* before a call that was taken back */
	POINT_TICK,  /* past a counted edge, or anywhere with an exact counter; not an event yet */
};

struct exact_point {
	enum point_kind kind;
	struct trace_regs regs;
	uint64_t ticks;
};

/* A wait status that waitpid has reported and that was not handled yet. */
struct stop {
	bool pending;
	int status;
};

TAILQ_HEAD(rtasks, rtask);

struct rtask {
	struct task t; /* first: a struct task of the recorder's is a struct rtask */
	TAILQ_ENTRY(rtask) link;
	pid_t tgid;
	enum rtask_state state; /* changed by rtask_set_state() only */
	enum rtask_sched sched;
	struct stop stop;
	struct exact_point point; /* the last */
	struct call call;
	uint16_t restart_nr; /* the call that restart_syscall would restart */
	/* in fork(2), whose child is not made yet: the kernel copies its memory */
	bool copied;
	int inject; /* signal to hand to the kernel when next resumed; 0: none */
	/* the kernel ends it by that signal only when it is not traced: rtask_end_untraced() */
	bool ends_untraced;
	struct soft_task count;
	struct hpc hpc;
	/* since when it is to stop at its next counted edge; 0: it is not */
	uint64_t edge_asked_ns;
	/* ticks up to which timer signals are deferred, or its next call */
	uint64_t cooldown_until;
	uint64_t fault_pc; /* at AGENT_CLOCK: the original's instruction */
	uint32_t period;   /* chaos: when its priority was drawn */
	int priority;
	struct trace_regs call_entry; /* POINT_CALL: registers at entry of the call taken back */
	uint64_t sp;                  /* stack pointer at its last point or its call's entry */
	uint64_t clear_tid;           /* set_tid_address, CLONE_CHILD_CLEARTID */
	pid_t exec_from;              /* RTASK_IN_EXEC: the id of the thread that called it */
	/* when a pending signal without a handler stops waiting for an exact point; 0: never */
	uint64_t overdue_ns;
	int overdue_sig;
	/* signals blocked in the kernel until its next stop: bit N-1, signal N */
	uint64_t deferred;
	uint64_t mask;   /* its own signal mask meanwhile */
	int exit_status; /* as waitpid has it */
	bool reaped;     /* waitpid has reported its end */
	bool killed;     /* recorder_kill_left() has sent it SIGKILL */
	bool untraced;   /* rtask_end_untraced() has detached it */
	/* the signal of the group-stop that its process was in at its last PTRACE_EVENT_STOP; 0: in
	 * none */
	int group_sig;
	bool continued;    /* its tracer has resumed it during that group-stop */
	bool interrupting; /* PTRACE_INTERRUPT was sent for its tracer, and it has not stopped since
			    */
	struct traced traced;
};

/* Moves the task to another state; a transition that STATES.md does not have is a bug, and ends the
 * recorder by an assertion. */
void rtask_set_state(struct rtask *rt, enum rtask_state to);
const char *rtask_state_name(enum rtask_state s);

/* In a call of the program's, past its entry. */
bool rtask_in_call(const struct rtask *rt);
/* That call's end is an event that resumes one: EVF_RESUMED. */
bool rtask_call_is_recorded(const struct rtask *rt);
/* In the program's code, stopped or not; not in a call of any kind. */
bool rtask_in_code(const struct rtask *rt);
bool rtask_is_running(const struct rtask *rt);
/* The task executes nothing more: it is ending or gone. */
bool rtask_is_over(const struct rtask *rt);
/* Stopped in the program's code, with nothing to be handled. */
bool rtask_is_settled(const struct rtask *rt);
/* Its time slice may end here. */
bool rtask_can_preempt(const struct rtask *rt);
/* Resuming it now can be by one instruction. */
bool rtask_can_step(const struct rtask *rt);
/* Its memory is as a replay has it after its last event. */
bool rtask_can_checksum(const struct rtask *rt);
/* PTRACE_INTERRUPT now stops it in the program's code. */
bool rtask_can_interrupt(const struct rtask *rt);
/* It has a stop to be handled, or can be resumed. */
bool rtask_is_ready(const struct rtask *rt);

/* Notes that its registers, just read or set, are at an exact point of that kind. */
void rtask_set_point(struct rtask *rt, enum point_kind kind);
/* The same, and it is stopped there. */
void rtask_stop_at_point(struct rtask *rt, enum point_kind kind);

/* A status that has come by waitpid: to be handled next. */
void rtask_set_stop(struct recorder *r, struct rtask *rt, int status);
/* call_filter_leave(). False: the task has stopped otherwise, which is to be handled, or was
 * killed.
 */
bool rtask_leave_entry(struct recorder *r, struct rtask *rt);
/* That status, which is being handled. */
int rtask_take_stop(struct rtask *rt);

#endif
