/* Inside the recorder. At most one task runs the program's code at a time: `struct rtask` says what
 * each does. */
#ifndef RR_RECORDER_H
#define RR_RECORDER_H

#include "counter/hpc.h"
#include "counter/soft.h"
#include "counter/step.h"
#include "kernel/kernel.h"
#include "record/record.h"
#include "tracee/task.h"
#include "tracee/waitstatus.h"

enum rstate {
	RS_READY,   /* stopped; may be resumed (or has a stop to be handled, when has_status) */
	RS_BLOCKED, /* inside the kernel, others run meanwhile */
	RS_STOPPED, /* by a stop signal; the kernel tells when it goes on */
	RS_ENDING,  /* let go at its exit; the kernel may still need others to end first */
	RS_GONE     /* its exit is recorded; a leader whose threads live on is still to be reaped */
};

/* How exactly we know where the program stands. */
enum rpos {
	POS_EVENT, /* right where its last event left it */
	POS_CALL,  /* at a call that has been taken back */
	/* behind a counted edge, or where an exact counter tells its ticks: of which no event tells
	   yet */
	POS_TICK,
};

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

struct rtask {
	struct task t;      /* first: a struct task of ours is a struct rtask */
	struct rtask *next; /* all tasks, in the order in which they take turns */
	pid_t tgid;
	enum rstate state;
	bool has_status;
	int status;
	bool in_call; /* between a call's entry and its return */
	/* interrupted between two events: until the next, nobody may run who could see its memory
	 */
	bool midway;
	bool let_go;    /* midway, and yet others may run that cannot see it */
	bool stuck;     /* it has been interrupted because it comes to no counted edge */
	bool announced; /* EV_ENTER is in the trace for this call */
	struct call call;
	uint16_t restart_nr; /* what restart_syscall would restart */
	int inject;          /* signal to hand to the kernel when next resumed */
	enum rpos pos;
	struct trace_regs park; /* registers the task was last resumed with, or stopped at */
	uint64_t park_ticks;    /* and its ticks */
	struct soft_task count;
	struct hpc hpc;
	bool on_page;  /* the counter page is its own */
	bool leaving;  /* in a stop of counted code, which the kernel takes for a call */
	bool emulated; /* resumed so that the kernel skips the next call: PTRACE_SYSEMU */
	/* has a filter of its own, which must not see the stops of counted code */
	bool seccomp;
	bool again;       /* makes the call again that was skipped */
	unsigned nondets; /* instructions answered since its last call */
	/* since when it has been asked to stop at its next counted edge; 0: not */
	uint64_t hurry_ns;
	/* ticks before which no other handler begins, unless a call comes first */
	uint64_t calm_until;
	uint64_t fault_pc; /* the instruction that the fault to come stands for; 0: none */
	uint32_t period;   /* chaos: when its priority was drawn */
	int priority;
	struct trace_regs call_entry; /* POS_CALL: registers on entry of the call taken back */
	uint64_t clear_tid;           /* set_tid_address, CLONE_CHILD_CLEARTID */
	bool execed;     /* inside execve, past the point where the old program is gone */
	pid_t exec_from; /* the id of the thread that called it */
	/* when to stop waiting for a call to deliver a signal nobody handles; 0: never */
	uint64_t overdue_ns;
	int overdue_sig;
	/* signals that the kernel keeps until the task's next stop: bit N-1 is signal N */
	uint64_t held;
	uint64_t mask; /* its own mask meanwhile */
	/* the kernel could not push a signal frame: SIGSEGV comes next, right here */
	bool frame_failed;
	bool exiting; /* EV_EXIT is due */
	int exit_status;
	bool reaped;
	bool unseen; /* has ended, and waitpid has not told */
	struct traced traced;
};

/* A traced task that is gone, and whose tracer is not its parent: that one is told by us. */
struct ended {
	struct ended *next;
	pid_t by, tid, pgid;
	int status;
};

struct recorder {
	struct recording rec; /* first */
	const struct record_options *o;
	struct rtask *tasks; /* list */
	size_t live;         /* tasks not RS_GONE */
	struct rtask *root;
	bool root_done;
	int root_status;
	uint64_t start_ns, slice_start;
	uint64_t next_checksum;
	pid_t early[64]; /* tasks that have stopped before their maker told of them */
	size_t nearly;
	struct rtask *preempting; /* PTRACE_INTERRUPT has been sent to it */
	struct soft soft;
	struct chaos *chaos; /* NULL: round-robin */
	bool step;           /* counts by single-stepping */
	bool by_hpc;         /* a hardware counter counts */
	struct hpc_kind hpc;
	uint64_t slice_ns; /* how long a task may go on while others wait */
	bool ticking;
	bool stop_shown; /* we have stopped as the program did, and no task has moved since */
	char *warned[64];
	size_t nwarned;
	struct ended *ended; /* list, oldest first */
	char *dir;
	uint64_t events;
};

/* Ticks that a handler runs at least before another interrupts it, and what it has interrupted
 * before the next does: timers may ring faster than we can deliver. */
#define CALM_TICKS 1000
/* How long a signal that stops or ends the program, without a handler, waits for a call to act at,
 * ns. */
#define OVERDUE_NS 250000000u

/* rtask.c */
struct rtask *recorder_find(struct recorder *r, pid_t tid);
struct rtask *rtask_new(struct recorder *r, pid_t tid, struct mm *mm, pid_t tgid);
void rtask_free(struct rtask *rt);
/* Frees those that are gone and reaped, but for the root. */
void rtasks_forget_gone(struct recorder *r);
/* Puts EV_EXIT with rt->exit_status: the task is no more. */
void rtask_gone(struct recorder *r, struct rtask *rt);
/* waitpid has reported its end. */
void rtask_reaped(struct recorder *r, struct rtask *rt, int status);
/* Puts an event of this task; regs and after as given. Fills in time and task. */
void put_event(struct recorder *r, struct rtask *rt, struct trace_event *ev);

/* Puts the state beyond general registers that the task goes on with, for the event put next. */
void put_xstate(struct recorder *r, struct rtask *rt);
/* Stopped, with a stop to be handled or free to go on. */
bool rtask_is_ready(const struct rtask *rt);

/* wait.c: lets the task that is being resumed get to its next stop, or finds it blocked. */
enum waited { WAITED_STOP, WAITED_BLOCKED, WAITED_GONE, WAITED_STEP };
enum waited wait_for(struct recorder *r, struct rtask *rt);
/* Blocks until some task has a stop to be handled. */
void wait_any(struct recorder *r);
/* The interruption that wait_for has asked for has come; at_event: right where the task's last
 * event left it. */
void preempted(struct recorder *r, struct rtask *rt, bool at_event);
/* Some other task could run now. */
bool others_ready(const struct recorder *r, const struct rtask *rt);
/* Collects stops without waiting. */
void collect(struct recorder *r);

/* calls.c */
void call_entered(struct recorder *r, struct rtask *rt);
void call_returned(struct recorder *r, struct rtask *rt);
/* At the call's entry: it is the program's, and is made. */
void call_begin(struct recorder *r, struct rtask *rt);
void call_announce(struct recorder *r, struct rtask *rt);
void task_made(struct recorder *r, struct rtask *rt);
void task_execed(struct recorder *r, struct rtask *rt);
void task_exiting(struct recorder *r, struct rtask *rt);
/* At PTRACE_EVENT_EXIT: lets the task end, and saves what its end writes into memory that lives on.
 */
void task_leaves(struct recorder *r, struct rtask *rt);
/* Looks whether a task that is RS_ENDING has ended, and records it. */
bool task_ended(struct recorder *r, struct rtask *rt);

/* ticks.c */
/* The registers now are where the task stands: at an event. */
void rtask_park(struct rtask *rt);
/* The registers just read are those. */
bool rtask_at_park(const struct rtask *rt);
/* Gives the task its registers, to go on at the original program's pc; t->regs keeps that. */
int rtask_go_from(struct rtask *rt, uint64_t pc);
/* A task stopped in a trampoline is set to the original instruction it stands for; broken: behind a
 * breakpoint instruction. */
bool rtask_to_origin(struct rtask *rt, bool broken);
/* At a call's entry: whether it is a stop of counted code, which is dealt with then; its end comes
 * by tick_left. */
bool tick_stop(struct recorder *r, struct rtask *rt);
void tick_left(struct rtask *rt);
/* How to resume a task that is not in a call. */
int tick_request(const struct rtask *rt);
/* At the entry of a call that the kernel is to skip, and that is the program's own: it makes it
 * again. */
void tick_undo_call(struct rtask *rt);
/* The task, stopped with its registers read, is to stop at its next counted edge. */
void tick_hurry(struct rtask *rt);
/* The same if a signal waits for an exact point. */
void tick_if_waiting(struct rtask *rt);
/* Does what such an instruction, at which the task stands, does, and puts the event. */
void put_nondet(struct recorder *r, struct rtask *rt, const struct arch_nondet *c);
/* With the step counter: one instruction of a task that is not in a call. STEP_CALL: it is to be
 * resumed; STEP_STOPPED: rt->status is to be handled. */
enum step_result tick_step(struct recorder *r, struct rtask *rt, int sig);
/* With the hardware counter: counts the new task, stopped before it has run; brings its ticks up to
 * date, and a point where it has stopped between two events is as good as one behind an edge. */
void tick_open(struct recorder *r, struct rtask *rt);
void tick_read(struct recorder *r, struct rtask *rt, bool at_call);
/* Tells that others run while the task stands behind a counted edge. */
void put_switch(struct recorder *r, struct rtask *rt);
void tick_warn_uncounted(struct recorder *r, struct rtask *rt);

/* chaos.c */
struct chaos *chaos_new(uint64_t seed); /* to be freed */
/* How long the task's next slice is. */
uint64_t chaos_ticks(struct recorder *r, struct rtask *rt);
/* Whether its slice ends here, behind a call or a counted edge. */
bool chaos_ends_slice(struct recorder *r, struct rtask *rt);
/* The task to run next of those that are ready; NULL if none is. */
struct rtask *chaos_pick(struct recorder *r, bool (*ready)(struct recorder *, struct rtask *));

/* ptrace.c: for struct recording. */
void ptrace_request(struct recording *rec, struct call *c);

/* halt.c */
/* The task, traced, halts here; msg is that of PTRACE_GETEVENTMSG. */
void halt(struct recorder *r, struct rtask *rt, enum halt_at at, int status, uint64_t msg);
/* As PTRACE_INTERRUPT and PTRACE_ATTACH do it, wherever it is. */
void halt_anywhere(struct recorder *r, struct rtask *rt, int status);
/* These halt it if its tracer wants that, at: a call's entry; where a call's end has been recorded;
 * the making of a task; its end; a signal, which is then delivered by signal_go_on(); a stop of its
 * process, or (SIGTRAP) its going on. */
bool halt_at_call(struct recorder *r, struct rtask *rt);
void halt_behind_call(struct recorder *r, struct rtask *rt, bool execed);
void halt_at_clone(struct recorder *r, struct rtask *rt, struct rtask *child);
bool halt_at_exit(struct recorder *r, struct rtask *rt);
bool halt_at_signal(struct recorder *r, struct rtask *rt, const siginfo_t *si, uint16_t flags);
void halt_at_stop(struct recorder *r, struct rtask *rt, int sig);
/* The tracer lets it go on. */
void halt_ends(struct rtask *rt, int sig);
/* Before it goes on: does what the tracer has changed and what it halted in front of. True if it is
 * not to be resumed now. */
bool halt_go_on(struct recorder *r, struct rtask *rt);
/* Lets a task that is to halt behind one instruction execute that. STEP_CALL: it is to be resumed
 * for that. */
enum step_result halt_step(struct recorder *r, struct rtask *rt, int sig);
/* The same, when it has been resumed, and has stopped. */
void halt_stepped(struct recorder *r, struct rtask *rt);
/* A task is gone: its tracer is told, and all that it traces goes on. */
void halt_task_gone(struct recorder *r, struct rtask *rt);
/* For struct recording. */
pid_t halt_wait(struct recording *rec, struct task *by, pid_t which, bool look, int *status);

/* signals.c */
void signal_stop(struct recorder *r, struct rtask *rt);
/* The signal that it has halted for acts, or what its tracer gives instead. True: a handler runs
 * next. */
bool signal_go_on(struct recorder *r, struct rtask *rt);
/* At a stop: the task has its own signal mask again. */
void signal_release(struct rtask *rt);
/* Whether the signal stops a process that has no handler for it. */
bool signal_stops(int sig);
/* Sends a signal again that has waited too long for the task's next call, when it needs no exact
 * point. */
void signal_overdue(struct rtask *rt);
/* Gives the oldest kept signal back to the kernel, at a call that has been taken back. True if
 * there was one. */
bool signal_give_back(struct rtask *rt);
/* The same at a call that the kernel is skipping. */
bool signal_at_skipped_call(struct rtask *rt);

#endif
