/* Inside the recorder. At most one task runs the program's code at a time: `struct rtask` says what
 * each does. */
#ifndef RR_RECORDER_H
#define RR_RECORDER_H

#include "counter/step.h"
#include "record/record.h"
#include "record/rtask.h"

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
	size_t live;         /* tasks that are not gone */
	struct rtask *root;
	bool root_done;
	int root_status;
	uint64_t start_ns, slice_start;
	uint64_t next_checksum;
	pid_t early[64]; /* tasks that have stopped before their maker told of them */
	size_t nearly;
	/* PTRACE_INTERRUPT has been sent to it, and it has not stopped since; NULL: to none */
	struct rtask *preempting;
	bool preempting_stuck; /* because it reaches no counted edge */
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
#define COOLDOWN_TICKS 1000
/* How long a signal that stops or ends the program, without a handler, waits for a call to act at,
 * ns. */
#define OVERDUE_NS 250000000u

/* rtask.c */
struct rtask *recorder_find(struct recorder *r, pid_t tid);
struct rtask *rtask_new(struct recorder *r, pid_t tid, struct mm *mm, pid_t tgid,
			enum rtask_state state);
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

/* wait.c: lets the task that is being resumed get to its next stop, or finds it blocked. */
enum waited { WAITED_STOP, WAITED_BLOCKED, WAITED_GONE, WAITED_STEP };
enum waited wait_for(struct recorder *r, struct rtask *rt);
/* Blocks until some task has a stop to be handled. */
void wait_any(struct recorder *r);
/* The interruption that wait_for has asked for has come; at_event: right where the task's last
 * event left it. */
void preempted(struct recorder *r, struct rtask *rt);
/* Some other task could run now. */
bool others_ready(const struct recorder *r, const struct rtask *rt);
/* Collects stops without waiting. */
void collect(struct recorder *r);

/* calls.c */
void call_entered(struct recorder *r, struct rtask *rt, bool skipped);
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
/* Looks whether a task that is RTASK_ENDING has ended, and records it. */
bool task_ended(struct recorder *r, struct rtask *rt);

/* ticks.c */
/* The registers just read are those. */
bool rtask_at_point(const struct rtask *rt);
/* Gives the task its registers, to go on at the original program's pc; t->regs keeps that. */
int rtask_go_from(struct rtask *rt, uint64_t pc);
/* A task stopped in a trampoline is set to the original instruction it stands for; broken: behind a
 * breakpoint instruction. */
bool rtask_to_origin(struct rtask *rt, bool broken);
/* At a call's entry: whether it is a stop of counted code, which is dealt with then; its end comes
 * by tick_left. */
bool tick_stop(struct recorder *r, struct rtask *rt, bool skipped);
void tick_left(struct rtask *rt);
/* How to resume a task that is not in a call. */
int tick_request(const struct rtask *rt);
/* At the entry of a call that the kernel is to skip, and that is the program's own: it makes it
 * again. */
void tick_undo_call(struct rtask *rt);
/* The task, stopped with its registers read, is to stop at its next counted edge. */
void tick_stop_at_edge(struct rtask *rt);
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
bool signal_give_back(struct recorder *r, struct rtask *rt);
/* The same at a call that the kernel is skipping. */
bool signal_at_skipped_call(struct rtask *rt);

#endif
