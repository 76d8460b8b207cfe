/* Inside the debugger's view of a replay (debug.h). */
#ifndef RR_DEBUGGER_H
#define RR_DEBUGGER_H

#include "replay/checkpoint.h"
#include "replay/debug.h"
#include "replay/replayer.h"

/* A breakpoint or watchpoint as it was asked for. */
struct stop_point {
	pid_t pid;
	enum debug_break kind;
	uint64_t addr, len;
	bool (*when)(void *ctx, pid_t tid);
	void *ctx;
	uint8_t *was; /* watchpoints: what was there when it was last looked at */
};

/* Where a run is to end: behind the event and the edge, after so many instructions, or where the
 * task is as told. */
struct goal {
	struct debug_position at;
	bool by_state;
	struct trace_regs regs;
	uint64_t stack; /* checksum */
};

struct mark {
	struct checkpoint *c;
	uint64_t event, ticks; /* of the task that runs next; 0 instructions behind them */
	uint64_t cost;         /* ns of replaying from the start to here */
	bool near;             /* made for going back in small steps */
};
#define MARKS_MAX 32

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

	struct stop_point *points;
	size_t npoints;
	unsigned plan;      /* changes with them */
	bool ignore_points; /* no point stops anything */
	unsigned polls;     /* instructions that were stepped, for poll() */
	struct debug_catch catch;

	/* Here. */
	pid_t current;
	bool insns_known;
	uint64_t insns;
	/* the event at whose place we have stopped, so that going on does not stop there again */
	uint64_t reported;
	bool stop_reached; /* to stop at the place of the next event */
	struct debug_stop stop;
	uint64_t hits, hits_max; /* stops of this run, and at which it ends */
	bool interrupted;
	struct touched touched[4]; /* in pages that are closed to the program */
	size_t ntouched;
	uint64_t lifted; /* breakpoint that is taken out until the task's next stop; 0: none */
	uint64_t siginfo_event; /* whose signal the current task has stopped for */

	/* Timeline. */
	struct mark marks[MARKS_MAX];
	size_t nmarks;
	bool keeping;             /* makes checkpoints on the way */
	uint64_t cost, cost_from; /* ns of replay up to here; when the clock began, 0: stands */
	uint64_t spacing;         /* ns between checkpoints */
	uint64_t output_shown;    /* events up to this one have had their output shown */
	struct trace_reader *peek;
	uint64_t last_event;
	uint64_t exits_from; /* from this event on only tasks end; 0: not known yet */

	/* the event whose stop has been told going backwards, from where it happened; 0: none */
	uint64_t reversed;

	/* During a diversion: the replay's own tasks, and what is restored after it. */
	struct checkpoint *diversion;
	struct debug_position diversion_from;
	uint64_t diversion_siginfo;
	struct debug_figures figures;
};

int debugger_fail(struct debug *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The task with that id, the first of a process, the one that runs next; NULL: none. */
struct ptask *debugger_task(struct debug *d, pid_t tid);
struct ptask *debugger_process(struct debug *d, pid_t pid);
struct ptask *debugger_next_task(struct debug *d);
/* Events that have been applied. */
uint64_t debugger_event(const struct debug *d);
uint64_t debugger_stack_sum(struct debug *d, struct ptask *pt);

/* stop_points.c */
/* Before the task runs: what stops it is in its memory and in its CPU. */
int debugger_points_place(struct debug *d, struct ptask *pt);
/* Before an event that may change what is mapped, or is to find memory as it is. */
void debugger_points_lift(struct ptask *pt);
/* The breakpoint that stops the task where it stands; NULL: none. */
const struct stop_point *debugger_points_break_at(struct debug *d, struct ptask *pt);
/* Whether a watchpoint's memory has changed since it was last looked at (struck: of which the CPU
 * has told); it becomes d->stop. */
bool debugger_points_watch_check(struct debug *d, struct ptask *pt, unsigned struck);
/* What is there now is what was there. */
void debugger_points_remember(struct debug *d);

/* insn_step.c */
enum stepped { STEPPED, STEP_AT_EVENT, STEP_FAILED };
/* One instruction of the program's, or AT_EVENT: it stands where its event is. */
enum stepped debugger_insn_step(struct debug *d, struct ptask *pt);
/* The same of the task's own memory, with its tick, for a counter that steps. */
enum step_result debugger_insn_step_counted(struct debug *d, struct ptask *pt,
					    struct arch_nondet *c, int *status);
/* Leaves a breakpoint that does not stop: executes what it stands on, here or elsewhere, at once or
 * when it goes on. */
void debugger_insn_leave_break(struct debug *d, struct ptask *pt);
/* The task has stopped at a page that is closed to it: executes that instruction. False: it faults
 * by itself when it goes on. */
bool debugger_insn_pass_page_watch(struct debug *d, struct ptask *pt, int status);
/* To the end of an instruction that may be one in a trampoline, with code of ours behind it. */
void debugger_insn_finish(struct debug *d, struct ptask *pt);
/* The task stands in front of an instruction of the program's: shows the registers so. */
void debugger_insn_origin(struct ptask *pt);
/* Events that need nothing of the task's doing. */
bool debugger_event_needs_no_run(const struct trace_event *ev);

/* forward.c */
/* Onwards to the goal (NULL: none), or to the stop number d->hits_max. from_here: a breakpoint
 * right here counts. */
enum outcome debugger_forward(struct debug *d, const struct goal *g, bool from_here);
/* The next event, applied; OUT_STOP if that is a stop, else OUT_GOAL. */
enum outcome debugger_forward_event(struct debug *d);
/* The place of the next event, which the task is to come to with its next instruction, or stands
 * at. */
enum outcome debugger_forward_reach(struct debug *d);
bool debugger_at_end(struct debug *d);
enum hook_answer debugger_hook_stop(struct replayer_hooks *s, struct replayer *p, struct ptask *pt,
				    int status);
enum step_result debugger_hook_step(struct replayer_hooks *s, struct ptask *pt,
				    struct arch_nondet *c, int *status);
bool debugger_hook_insn(struct replayer_hooks *s, struct ptask *pt);
enum hook_answer debugger_hook_over_insn(struct replayer_hooks *s, struct ptask *pt);
bool debugger_hook_event(struct replayer_hooks *s, struct replayer *p, struct ptask *pt);

/* timeline.c */
/* Makes a checkpoint here if it is time for one. */
void debugger_checkpoint_if_due(struct debug *d, bool near);
bool debugger_checkpoint_due(struct debug *d);
void debugger_clock(struct debug *d, bool runs);
struct goal debugger_goal_here(struct debug *d);
/* Knows the instructions from here on. */
enum outcome debugger_locate(struct debug *d);
enum outcome debugger_seek(struct debug *d, const struct goal *g);
/* How many checkpoints are not behind the point: the last of them is the one to begin at. */
size_t debugger_checkpoints_before(const struct debug *d, uint64_t event, uint64_t ticks);
/* Below 0: the checkpoint is before that point; 0: there; above: behind. */
int debugger_checkpoint_order(const struct mark *k, uint64_t event, uint64_t ticks);
int debugger_checkpoint_restore(struct debug *d, const struct mark *k);
void debugger_checkpoints_free(struct debug *d);

/* reverse.c */
/* The last stop before here; OUT_END: there is none. */
enum outcome debugger_reverse_stop(struct debug *d);
enum outcome debugger_reverse_step(struct debug *d, pid_t tid);

/* diversion.c */
int debugger_diversion_begin(struct debug *d);
enum outcome debugger_diversion_resume(struct debug *d, const struct debug_resume *go);

#endif
