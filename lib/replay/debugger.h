/* Inside the debugger's view of a replay (debug.h). */
#ifndef RR_DEBUGGER_H
#define RR_DEBUGGER_H

#include "replay/checkpoint.h"
#include "replay/debug.h"
#include "replay/replayer.h"

/* A breakpoint or watchpoint as it was asked for. */
struct point {
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
#define KEPT_MAX 32

enum outcome { OUT_STOP, OUT_GOAL, OUT_END, OUT_INTERRUPT, OUT_TROUBLE };

/* Bytes that an instruction has accessed. */
struct touched {
	uint64_t addr, len;
};

struct debug {
	struct pauses pauses; /* first */
	struct replayer p;
	struct replay_options ro;
	struct replay_stats stats;
	struct debug_options o;
	char error[512];

	struct point *points;
	size_t npoints;
	unsigned plan;  /* changes with them */
	bool blind;     /* no point stops anything */
	unsigned polls; /* instructions that were stepped, for poll() */
	struct debug_catch catch;

	/* Here. */
	pid_t current;
	bool insns_known;
	uint64_t insns;
	/* the event at whose place we have stopped, so that going on does not stop there again */
	uint64_t told;
	bool stop_reached; /* to stop at the place of the next event */
	struct debug_stop stop;
	uint64_t hits, hits_max; /* stops of this run, and at which it ends */
	bool interrupted;
	struct touched touched[4]; /* in pages that are closed to the program */
	size_t ntouched;
	uint64_t lifted; /* breakpoint that is taken out until the task's next stop; 0: none */
	uint64_t siginfo_event; /* whose signal the current task has stopped for */

	/* Timeline. */
	struct mark kept[KEPT_MAX];
	size_t nkept;
	bool keeping;             /* makes checkpoints on the way */
	uint64_t cost, cost_from; /* ns of replay up to here; when the clock began, 0: stands */
	uint64_t spacing;         /* ns between checkpoints */
	uint64_t put_out;         /* events up to this one have had their output shown */
	struct trace_reader *peek;
	uint64_t last_event;
	uint64_t exits_from; /* from this event on only tasks end; 0: not known yet */

	/* the event whose stop has been told going backwards, from where it happened; 0: none */
	uint64_t undone;

	/* The replay, during an experiment, and what is put back after it. */
	struct checkpoint *aside;
	struct debug_position aside_at;
	uint64_t aside_siginfo;
	struct debug_figures figures;
};

int debug_fail(struct debug *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The task with that id, the first of a process, the one that runs next; NULL: none. */
struct ptask *debug_task(struct debug *d, pid_t tid);
struct ptask *debug_process(struct debug *d, pid_t pid);
struct ptask *debug_runner(struct debug *d);
/* Events that have been applied. */
uint64_t debug_event(const struct debug *d);
uint64_t state_stack(struct debug *d, struct ptask *pt);

/* points.c */
/* Before the task runs: what stops it is in its memory and in its CPU. */
int points_place(struct debug *d, struct ptask *pt);
/* Before an event that may change what is mapped, or is to find memory as it is. */
void points_lift_all(struct ptask *pt);
/* The breakpoint that stops the task where it stands; NULL: none. */
const struct point *points_break(struct debug *d, struct ptask *pt);
/* Whether a watchpoint's memory has changed since it was last looked at (struck: of which the CPU
 * has told); it becomes d->stop. */
bool points_watch(struct debug *d, struct ptask *pt, unsigned struck);
/* What is there now is what was there. */
void points_look(struct debug *d);

/* insn.c */
enum stepped { STEPPED, STEP_AT_EVENT, STEP_FAILED };
/* One instruction of the program's, or AT_EVENT: it stands where its event is. */
enum stepped insn_step(struct debug *d, struct ptask *pt);
/* The same of the task's own memory, with its tick, for a counter that steps. */
enum step_result insn_counted(struct debug *d, struct ptask *pt, struct arch_nondet *c,
			      int *status);
/* Leaves a breakpoint that does not stop: executes what it stands on, here or elsewhere, at once or
 * when it goes on. */
void insn_leave_break(struct debug *d, struct ptask *pt);
/* The task has stopped at a page that is closed to it: executes that instruction. False: it faults
 * by itself when it goes on. */
bool insn_pass_guard(struct debug *d, struct ptask *pt, int status);
/* To the end of an instruction that may be one in a trampoline, with code of ours behind it. */
void insn_finish(struct debug *d, struct ptask *pt);
/* The task stands in front of an instruction of the program's: shows the registers so. */
void insn_origin(struct ptask *pt);
/* Events that need nothing of the task's doing. */
bool insn_free_event(const struct trace_event *ev);

/* motion.c */
/* Onwards to the goal (NULL: none), or to the stop number d->hits_max. from_here: a breakpoint
 * right here counts. */
enum outcome motion_forward(struct debug *d, const struct goal *g, bool from_here);
/* The next event, applied; OUT_STOP if that is a stop, else OUT_GOAL. */
enum outcome motion_event(struct debug *d);
/* The place of the next event, which the task is to come to with its next instruction, or stands
 * at. */
enum outcome motion_reach(struct debug *d);
bool motion_at_end(struct debug *d);
enum pause_answer motion_at_stop(struct pauses *s, struct replayer *p, struct ptask *pt,
				 int status);
enum step_result motion_step(struct pauses *s, struct ptask *pt, struct arch_nondet *c,
			     int *status);
bool motion_at_insn(struct pauses *s, struct ptask *pt);
enum pause_answer motion_over_insn(struct pauses *s, struct ptask *pt);
bool motion_at_event(struct pauses *s, struct replayer *p, struct ptask *pt);

/* timeline.c */
/* Makes a checkpoint here if it is time for one. */
void timeline_keep(struct debug *d, bool near);
bool timeline_due(struct debug *d);
void timeline_clock(struct debug *d, bool runs);
struct goal timeline_here(struct debug *d);
/* Knows the instructions from here on. */
enum outcome timeline_locate(struct debug *d);
enum outcome timeline_go(struct debug *d, const struct goal *g);
/* How many checkpoints are not behind the point: the last of them is the one to begin at. */
size_t timeline_before(const struct debug *d, uint64_t event, uint64_t ticks);
/* Below 0: the checkpoint is before that point; 0: there; above: behind. */
int timeline_order(const struct mark *k, uint64_t event, uint64_t ticks);
int timeline_restore(struct debug *d, const struct mark *k);
void timeline_free(struct debug *d);

/* back.c */
/* The last stop before here; OUT_END: there is none. */
enum outcome back_stop(struct debug *d);
enum outcome back_one(struct debug *d, pid_t tid);

/* experiment.c */
int experiment_begin(struct debug *d);
enum outcome experiment_go(struct debug *d, const struct debug_go *go);

#endif
