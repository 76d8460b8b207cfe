/* Inside the debugger's view of a replay (debug.h). A file calls only files above it in this list:
 *
 *   debug_state.c       tasks, the last event, the last error
 *   position.c          positions as text
 *   page_watch.c        watchpoints by page protection
 *   debugger_points.c   breakpoints and watchpoints
 *   inspect.c           tasks, memory, mappings and files, as the program has them
 *   insn_step.c         one instruction of the program
 *   kept_checkpoints.c  checkpoints in the order of their positions
 *   forward.c           forwards to the next stop or to a position
 *   timeline.c          to any position
 *   diversion.c         copies of the replay's tasks that a debugger changes
 *   reverse.c           backwards
 *   debug.c             opens, closes and resumes
 */
#ifndef RR_DEBUGGER_H
#define RR_DEBUGGER_H

#include "replay/checkpoint.h"
#include "replay/debug.h"
#include "replay/replayer.h"

/* A breakpoint or watchpoint as it was asked for. */
struct stop_point {
	pid_t pid;
	enum debug_break kind;
	uint64_t addr, len; /* len in bytes: of watchpoints */
	bool (*when)(void *ctx, pid_t tid);
	void *ctx;
	uint8_t *was; /* watchpoints: the memory's last known content */
};

/* Where a run is to end: after the event, the tick and so many instructions or, if those were not
 * counted, at that state. */
struct goal {
	struct debug_position at;
	bool by_state;
	struct trace_regs regs;
	uint64_t stack; /* debugger_stack_sum() */
};

/* A checkpoint that is kept, always 0 instructions after its tick. */
struct mark {
	struct checkpoint *c;
	uint64_t event, ticks; /* ticks of the task that runs next */
	uint64_t cost;         /* ns of replay from the start to here */
	bool near;             /* made near a position that was gone back to */
};
#define MARKS_MAX 32

/* How a run ended: at a stop (struct debug's `stop`), at its goal, at the end of the trace, because
 * poll() interrupted it, or because the replay cannot go on (debug_error()). */
enum outcome { OUT_STOP, OUT_GOAL, OUT_END, OUT_INTERRUPT, OUT_TROUBLE };

/* Bytes that an instruction has accessed. */
struct touched {
	uint64_t addr, len;
};

struct debug {
	struct replayer_hooks hooks; /* first */
	struct replayer p;
	struct replay_options ro;
	struct replay_stats stats;
	struct debug_options o;
	char error[512];
	char exec_file[4096];  /* debug_exec_file() */
	uint8_t *stack_buf;    /* debugger_stack_sum() */
	bool failure_reported; /* o.failed() has been called */

	struct stop_point *points;
	size_t npoints;
	unsigned plan;      /* version of `points` and `ignore_points` */
	bool ignore_points; /* no stop point stops anything */
	unsigned polls;     /* instructions stepped, for poll() */
	struct debug_catch catch;

	/* The current position. */
	pid_t current;
	bool insns_known; /* `insns` is right */
	uint64_t insns;
	uint64_t reported; /* event whose stop has been reported: resuming does not repeat it */
	bool stop_reached; /* stop where the next event is */
	struct debug_stop stop;
	uint64_t hits, hits_max;   /* stops in this run, and the one that ends it; 0: none */
	bool interrupted;          /* poll() said so */
	struct touched touched[4]; /* in protected pages, since the watchpoints were last checked */
	size_t ntouched;
	uint64_t lifted; /* breakpoint that is out of memory until the task's next stop; 0: none */
	uint64_t siginfo_event; /* of the signal that the current task has stopped for; 0: none */

	/* The timeline. */
	struct mark marks[MARKS_MAX];
	size_t nmarks;
	bool keeping;              /* makes checkpoints on the way */
	uint64_t cost, cost_from;  /* ns of replay up to here; since when it runs, 0: it does not */
	uint64_t spacing;          /* ns between checkpoints */
	uint64_t output_shown;     /* output of events up to this one has been passed on */
	struct trace_reader *peek; /* for looking elsewhere in the trace */
	uint64_t last_event;       /* 0: not known yet */
	uint64_t exits_from;       /* from this event on tasks only end; 0: not known yet */
	uint64_t reversed; /* event whose stop was reported backwards, at its own position; 0: none
			    */

	/* During a diversion: the replay's own tasks, and what is restored after it. */
	struct checkpoint *diversion;
	struct debug_position diversion_from;
	uint64_t diversion_siginfo;

	struct debug_figures figures;
};

/* debug_state.c */
/* Sets debug_error(); returns -1. */
int debugger_fail(struct debug *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The task of that id, the first of a process, the task that runs next; NULL: none. */
struct ptask *debugger_task(struct debug *d, pid_t tid);
struct ptask *debugger_process(struct debug *d, pid_t pid);
struct ptask *debugger_next_task(struct debug *d);
/* As debugger_task(), with an error. */
struct ptask *debugger_need_task(struct debug *d, pid_t tid);
/* The last event that has been applied. */
uint64_t debugger_event(const struct debug *d);

/* debugger_points.c */
/* Before the task runs: puts into its memory and its CPU what stops it at the stop points. */
int debugger_points_insert(struct debug *d, struct ptask *pt);
/* Takes all of them out, before an event that may change mappings, or needs memory as it is. */
void debugger_points_remove(struct ptask *pt);
/* The breakpoint that stops the task where it is; NULL: none. */
const struct stop_point *debugger_points_break_at(struct debug *d, struct ptask *pt);
/* Whether a watchpoint has triggered: its memory has changed since it was last checked, or the CPU
 * (triggered: a bit for each debug register) or a protected page reports an access. Sets d->stop.
 */
bool debugger_points_watch_check(struct debug *d, struct ptask *pt, unsigned triggered);
/* From here on, watchpoints trigger on changes to memory as it is now. */
void debugger_points_remember(struct debug *d);

/* inspect.c */
/* The end of the range around addr that belongs to the tool: the agent, the counter page,
 * trampolines. 0: addr belongs to the program. */
uint64_t debugger_hidden_until(const struct task *t, uint64_t addr);
/* Checksum of the top of the task's stack. */
uint64_t debugger_stack_sum(struct debug *d, struct ptask *pt);

/* insn_step.c */
/* STEP_AT_EVENT: the task is where its next event is, or the instruction leads to that. */
enum stepped { STEPPED, STEP_AT_EVENT, STEP_FAILED };
/* Executes one instruction of the program. */
enum stepped debugger_insn_step(struct debug *d, struct ptask *pt);
/* Executes one instruction at the task's own pc, and counts its tick, for a counter that steps. */
enum step_result debugger_insn_step_counted(struct debug *d, struct ptask *pt,
					    struct arch_nondet *c, int *status);
/* Leaves a breakpoint that is not to stop the task: executes the instruction under it, at once or
 * as a displaced copy when the task is resumed. */
void debugger_insn_leave_break(struct debug *d, struct ptask *pt);
/* The task has stopped at a protected page: executes that instruction. False: the instruction
 * faults by itself when the task is resumed. */
bool debugger_insn_pass_page_watch(struct debug *d, struct ptask *pt, int status);
/* Runs a task that is inside a trampoline to the program's next instruction. */
void debugger_insn_finish(struct debug *d, struct ptask *pt);
/* Sets the pc of a task before an instruction of the program to the original's. */
void debugger_insn_origin(struct ptask *pt);
/* The event happens to its task without the task running to it. */
bool debugger_event_needs_no_run(const struct trace_event *ev);

/* kept_checkpoints.c */
/* Makes a checkpoint here if it is due, or if `near` says so. */
void debugger_checkpoint_if_due(struct debug *d, bool near);
bool debugger_checkpoint_due(struct debug *d);
/* Starts and stops the clock that says what it costs to replay up to here. */
void debugger_clock(struct debug *d, bool runs);
/* How many checkpoints are at the position or before it: the last of them is where to begin. */
size_t debugger_checkpoints_before(const struct debug *d, uint64_t event, uint64_t ticks);
/* Below 0: the checkpoint is before that position; 0: at it; above 0: after it. */
int debugger_checkpoint_order(const struct mark *k, uint64_t event, uint64_t ticks);
int debugger_checkpoint_restore(struct debug *d, const struct mark *k);
void debugger_checkpoints_free(struct debug *d);

/* forward.c */
/* To the goal (NULL: none), or to the stop number d->hits_max. from_here: a breakpoint at the
 * current position counts. */
enum outcome debugger_forward(struct debug *d, const struct goal *g, bool from_here);
/* Through the next event; OUT_STOP if that is a stop, else OUT_GOAL. */
enum outcome debugger_forward_event(struct debug *d);
/* To where the next event is, which the task comes to with its next instruction or has come to. */
enum outcome debugger_forward_reach(struct debug *d);
/* Only ends of tasks are left. */
bool debugger_at_end(struct debug *d);
/* struct replayer_hooks */
enum hook_answer debugger_hook_stop(struct replayer_hooks *s, struct replayer *p, struct ptask *pt,
				    int status);
enum step_result debugger_hook_step(struct replayer_hooks *s, struct ptask *pt,
				    struct arch_nondet *c, int *status);
bool debugger_hook_insn(struct replayer_hooks *s, struct ptask *pt);
enum hook_answer debugger_hook_over_insn(struct replayer_hooks *s, struct ptask *pt);
bool debugger_hook_event(struct replayer_hooks *s, struct replayer *p, struct ptask *pt);

/* timeline.c */
/* The current position, as a goal. */
struct goal debugger_goal_here(struct debug *d);
/* Makes d->insns right, if need be by coming here again. */
enum outcome debugger_locate(struct debug *d);
enum outcome debugger_seek(struct debug *d, const struct goal *g);

/* diversion.c */
enum outcome debugger_diversion_resume(struct debug *d, const struct debug_resume *how);

/* reverse.c */
/* To the last stop before here; OUT_END: there is none. */
enum outcome debugger_reverse_stop(struct debug *d);
/* Back by one instruction of the task. */
enum outcome debugger_reverse_step(struct debug *d, pid_t tid);

#endif
