/* Inside the replayer. */
#ifndef RR_REPLAYER_H
#define RR_REPLAYER_H

#include "counter/hpc.h"
#include "counter/soft.h"
#include "counter/step.h"
#include "instrument/image.h"
#include "kernel/replaying.h"
#include "replay/replay.h"
#include "tracee/task.h"

#include <bsd/sys/queue.h>

/* Where a task is:
 *
 *   from      to       when
 *   STUB      RUNNING  its first execve is applied, or it was made by a clone
 *   RUNNING   AT_CALL  it has run to a system call, which is not made
 *   AT_CALL   RUNNING  the call's event has been applied
 *   RUNNING   RUNNING  another event has been applied
 */
enum ptask_state {
	PTASK_STUB,    /* the stub that it began as; not a program yet */
	PTASK_RUNNING, /* in the program's code */
	PTASK_AT_CALL  /* in the syscall-entry-stop of a call whose event has not been applied */
};

/* Where the next event is. */
enum event_state {
	EVENT_NONE,   /* not read yet: `ev` is the last that was applied */
	EVENT_LOADED, /* read; its task is on the way to it */
	EVENT_REACHED /* its task has come to it; it has not been applied */
};

SLIST_HEAD(ptasks, ptask);

/* A recorded task and the process that replays it. Threads have a process each, too, which share
 * memory (CLONE_VM). */
struct ptask {
	struct task t; /* first; t.tid is that of the process here */
	SLIST_ENTRY(ptask) link;
	pid_t id;  /* its id in the recording */
	pid_t pid; /* its thread group in the recording */
	enum ptask_state state;
	struct soft_task count;
	struct hpc hpc;
	uint64_t hpc_base; /* its ticks when `hpc` was opened */
	/* the site at which counted code has stopped it; NULL: something else has */
	const struct code_site *site;
	bool watched;   /* its debug registers hold watchpoints of the debugger */
	int nondet;     /* kind of the nondeterministic instruction it is at; -1: none */
	uint64_t since; /* time of its last event, ns */
};

/* How a step of the replay ended. */
enum replayer_result {
	REPLAYER_OK = 0,
	REPLAYER_DIVERGED, /* the report says how */
	REPLAYER_FAILED,   /* the report says why */
	REPLAYER_PAUSED,   /* a hook stopped it on the way; called again, it goes on */
	REPLAYER_OVER      /* there are no more events */
};

struct replayer;

/* How a debugger stops a replay on the way to an event. */
struct replayer_hooks {
	/* stop at this tick, right after its counted edge; 0: at none */
	uint64_t ticks;
	bool stop_soon; /* stop at the next tick */
	/* The task has stopped, not at a call. HOOK_STAY: the replay pauses; HOOK_RESUME: the
	 * stop has been dealt with; HOOK_NOT_MINE: the replayer deals with it. */
	enum hook_answer {
		HOOK_NOT_MINE,
		HOOK_RESUME,
		HOOK_STAY
	} (*at_stop)(struct replayer_hooks *s, struct replayer *p, struct ptask *pt, int status);
	/* For the step counter: executes one instruction as step_once() does, and counts its
	 * tick. at_insn: whether the replay pauses after it. */
	enum step_result (*step)(struct replayer_hooks *s, struct ptask *pt, struct arch_nondet *c,
				 int *status);
	bool (*at_insn)(struct replayer_hooks *s, struct ptask *pt);
	/* Executes one instruction of the program. HOOK_RESUME: done; HOOK_STAY: the replay pauses
	 * before or after it; HOOK_NOT_MINE: the task has come to something else. */
	enum hook_answer (*over_insn)(struct replayer_hooks *s, struct ptask *pt);
	/* The task has come to its event, which has not been applied. True: the replay pauses. */
	bool (*at_event)(struct replayer_hooks *s, struct replayer *p, struct ptask *pt);
};

#define RECENT 8

/* Where an interrupting counter is to stop a task, and what for. */
struct interrupt {
	uint64_t ticks; /* at this tick, or late by no more than the counter's skid */
	uint64_t pc;    /* instead: the next time that it comes to this breakpoint; 0: none */
	bool hit;       /* out: that is why it stopped */
};

/* A counter that stops a task near a tick, not at it. run: resumes the task until it makes a call,
 * raises a signal or comes to a nondeterministic instruction (pt->nondet), or the interrupt (may be
 * NULL) hits. */
struct interrupter {
	enum replayer_result (*run)(struct replayer *p, struct ptask *pt, struct interrupt *in,
				    int *status);
};
extern const struct interrupter replayer_by_step, replayer_by_hpc;
/* Executes one instruction, and counts its tick. */
enum step_result replayer_step_counted(struct ptask *pt, struct arch_nondet *c, int *status);

/* Ticks by which the step counter may stop late. */
#define STEP_SKID_MAX 200

/* How long a task has been on its way to the event. */
struct watchdog {
	uint64_t event; /* that was checked last */
	uint64_t begun; /* the task's CPU time at the first check for it, ns */
	uint64_t patience_ns;
	struct sigaction old; /* of SIGALRM */
};

struct replayer {
	struct replaying rp; /* first */
	const struct replay_options *o;
	struct replay_stats *stats;
	struct trace_reader *r;
	struct ptasks tasks;
	struct trace_event ev;
	enum event_state event;       /* of `ev` */
	struct replayer_hooks *hooks; /* NULL: none */
	struct trace_event recent[RECENT];
	size_t nrecent;
	int stub_fd;
	uint64_t next_memory;
	struct watchdog watchdog;
	struct soft soft;
	const struct interrupter *by; /* the counter; NULL: counted code, or none */
	uint64_t skid_max;            /* ticks by which it may interrupt late */
	uint64_t step_skid;           /* instructions by which the step counter shall be late */
	struct hpc_kind hpc;
	struct replay_report report; /* filled by the first thing that goes wrong */
};

/* replayer.c: p->o and p->stats are set, all else is 0. */
enum replayer_result replayer_open(struct replayer *p);
void replayer_close(struct replayer *p);
/* Has the next event in p->ev; REPLAYER_OVER if there is none. */
enum replayer_result replayer_load(struct replayer *p);
/* Runs to the next event and applies it. */
enum replayer_result replayer_next(struct replayer *p);

struct ptask *ptask_find(struct replayer *p, pid_t id);
size_t ptask_count(const struct replayer *p);

/* ptask.c */
/* The first task, stopped in the stub. NULL: the report says why. */
struct ptask *ptask_start(struct replayer *p);
/* A task that executes a program: it becomes the stub again, without memory. */
int ptask_restart(struct replayer *p, struct ptask *pt);
/* Adds a task to the list; takes the reference to mm. */
struct ptask *ptask_add(struct replayer *p, pid_t tid, pid_t id, struct mm *mm);
/* Opens its hardware counter, if the replay uses one. False: the report says why. */
bool ptask_open_counter(struct replayer *p, struct ptask *pt);
/* A task made by pt. vm: it shares the memory. NULL and errno. */
struct ptask *ptask_clone(struct replayer *p, struct ptask *pt, pid_t id, bool vm);
/* One of the transitions above. */
void ptask_set_state(struct ptask *pt, enum ptask_state to);
/* Kills its process and frees it. */
void ptask_end(struct replayer *p, struct ptask *pt);

/* watchdog.c: finds a task that never comes to its next event. */
void replayer_watchdog_start(struct replayer *p);
/* How often running tasks are interrupted for a check. */
void replayer_watchdog_set_period(uint64_t ns);
void replayer_watchdog_stop(struct replayer *p);
/* Steps between two checks of the watchdog, which does not interrupt single steps. */
#define STEPS_A_LOOK 4096
/* REPLAYER_DIVERGED: the task has had more time than it needs. */
enum replayer_result replayer_watchdog_check(struct replayer *p, struct ptask *pt);
/* Resumes the task until its next stop, and reads its registers. */
enum replayer_result replayer_watchdog_resume(struct replayer *p, struct ptask *pt, int request,
					      int *status);
/* The same for a task that has stopped, or ended, with that status. */
enum replayer_result replayer_watchdog_stopped(struct replayer *p, struct ptask *pt, int status);

/* interrupting.c */
/* Runs to the event's ticks and registers by an interrupting counter. */
enum replayer_result replayer_run_to_point(struct replayer *p, struct ptask *pt);

/* run_to.c: each runs the task to what the event says comes next. */
enum replayer_result replayer_run_to_call(struct replayer *p, struct ptask *pt);
enum replayer_result replayer_run_to_signal(struct replayer *p, struct ptask *pt, int sig);
/* To where the task has made as many ticks as when the event was recorded. */
enum replayer_result replayer_run_to_tick(struct replayer *p, struct ptask *pt);
/* Executes one instruction of the program: hooks.over_insn, which says what the answers mean. */
enum hook_answer replayer_step_insn(struct replayer *p, struct ptask *pt);
/* The same in counted code, without comparing registers: past the edge that makes that tick. */
enum replayer_result replayer_run_to_edge(struct replayer *p, struct ptask *pt);
/* To an instruction whose result was recorded. */
enum replayer_result replayer_run_to_nondet(struct replayer *p, struct ptask *pt);
enum replayer_result replayer_run_to_insn(struct replayer *p, struct ptask *pt);
/* run_to_regs.c: to the event's tick, and on to the first instruction at which the registers are
 * the event's. */
enum replayer_result replayer_run_to_regs(struct replayer *p, struct ptask *pt);
/* Sets the task's registers to pt->t.regs, with the pc in counted code. */
int ptask_set_regs(struct ptask *pt);
/* The task has raised a signal, perhaps in a trampoline: its pc becomes the original's. */
void ptask_to_origin(struct replayer *p, struct ptask *pt);
/* As ptask_set_regs(), if calls made by the agent have changed its registers. */
int ptask_restore(struct ptask *pt);

/* report.c: fill the report, if it is empty. */
/* pt: registers and places are reported; NULL: they are not. */
enum replayer_result replayer_diverged(struct replayer *p, struct ptask *pt, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
enum replayer_result replayer_fail(struct replayer *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* position_check.c */
/* Compares the task's registers with the event's. */
enum replayer_result replayer_check_regs(struct replayer *p, struct ptask *pt, bool at_call);
/* Compares its ticks, too. */
enum replayer_result replayer_check_position(struct replayer *p, struct ptask *pt, bool at_call);
/* Compares what the task's call reads of its memory with what the event's call did. */
enum replayer_result replayer_check_payload(struct replayer *p, struct ptask *pt);
/* Reports what the task has come to instead of `what`. */
enum replayer_result replayer_unexpected(struct replayer *p, struct ptask *pt, const char *what,
					 int status);
/* Without "SIG"; static. */
const char *replayer_signal_name(int sig);

#endif
