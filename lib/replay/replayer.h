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

/* A task of the recording and the process that plays it: one of its own, threads too; they share
 * memory by CLONE_VM. */
struct ptask {
	struct task t; /* first; t.tid is the player's */
	struct ptask *next;
	pid_t id;  /* in the recording */
	pid_t pid; /* of its process, there */
	enum ptask_state state;
	struct soft_task count;
	struct hpc hpc;
	uint64_t hpc_base; /* ticks it had made when that was opened */
	/* counted code by which it has stopped; NULL: it did otherwise */
	const struct code_site *site;
	bool watched;   /* the CPU watches for it */
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

/* Where to stop on the way to an event, for who looks into a replay. */
struct replayer_hooks {
	/* when the task has made so many, behind the edge that makes them; 0: nowhere */
	uint64_t ticks;
	bool stop_soon; /* at the next such point */
	/* The task has stopped, and for no call. PAUSE: stays there; RESUME: has been dealt with;
	 * else it is what it is. */
	enum hook_answer {
		HOOK_NOT_MINE,
		HOOK_RESUME,
		HOOK_STAY
	} (*at_stop)(struct replayer_hooks *s, struct replayer *p, struct ptask *pt, int status);
	/* For a counter that steps. One instruction, as step_once() does it, with its tick; and
	 * whether the task stays behind it. */
	enum step_result (*step)(struct replayer_hooks *s, struct ptask *pt, struct arch_nondet *c,
				 int *status);
	bool (*at_insn)(struct replayer_hooks *s, struct ptask *pt);
	/* One instruction of the program's: RESUME: done; STAY: in front of it or behind; NOT_MINE:
	 * it has come to something else. */
	enum hook_answer (*over_insn)(struct replayer_hooks *s, struct ptask *pt);
	/* The task has come to its event, which has not acted yet. True: stays there. */
	bool (*at_event)(struct replayer_hooks *s, struct replayer *p, struct ptask *pt);
};

#define RECENT 8

/* Where an interrupting counter is to stop a task, and what for. */
struct interrupt {
	uint64_t ticks; /* when it has made so many, or late by no more than the counter's skid */
	uint64_t pc;    /* or when it comes to this breakpoint again; 0: none */
	bool hit;       /* it has */
};

/* A counter that stops a task near a point, not at it. run: lets the task go on until it does
 * something, with pt->nondet set as that is, or the interrupt hits (in may be NULL). */
struct interrupter {
	enum replayer_result (*run)(struct replayer *p, struct ptask *pt, struct interrupt *in,
				    int *status);
};
extern const struct interrupter replayer_by_step, replayer_by_hpc;
/* One instruction, and the tick it makes. */
enum step_result replayer_step_counted(struct ptask *pt, struct arch_nondet *c, int *status);

/* The step counter stops at most so many ticks late. */
#define STEP_SKID_MAX 200

/* How long a task has been on its way to the event. */
struct watchdog {
	uint64_t event; /* last looked at */
	uint64_t begun; /* the task's processor time then, ns */
	uint64_t patience_ns;
	struct sigaction old;
};

struct replayer {
	struct replaying rp; /* first */
	const struct replay_options *o;
	struct replay_stats *stats;
	struct trace_reader *r;
	struct ptask *tasks;
	struct trace_event ev;
	enum event_state event;       /* of `ev` */
	struct replayer_hooks *hooks; /* NULL: none */
	struct trace_event recent[RECENT];
	size_t nrecent;
	int stub_fd;
	uint64_t next_memory;
	struct watchdog watchdog;
	struct soft soft;
	const struct interrupter *by; /* what counts; NULL: counted code, or nothing does */
	uint64_t skid_max;            /* its interrupts are late by so many ticks at most */
	uint64_t step_skid;           /* instructions by which the step counter is to be late */
	struct hpc_kind hpc;
	struct replay_report report; /* filled once: by the first that goes wrong */
};

/* replayer.c: p->o and p->stats are set, all else is 0. */
enum replayer_result replayer_open(struct replayer *p);
void replayer_close(struct replayer *p);
/* Has the next event in p->ev; REPLAYER_OVER if there is none. */
enum replayer_result replayer_load(struct replayer *p);
/* Runs to the next event and applies it. */
enum replayer_result replayer_next(struct replayer *p);

struct ptask *ptask_find(struct replayer *p, pid_t id);

/* ptask.c: the first task, stopped in the stub. NULL after a line on stderr. */
struct ptask *ptask_start(struct replayer *p);
/* A task that becomes another program: back to the stub, all memory gone. */
int ptask_restart(struct replayer *p, struct ptask *pt);
/* A new player in the list. */
struct ptask *ptask_add(struct replayer *p, pid_t tid, pid_t id, struct mm *mm);
/* Its hardware counter counts, if that is what counts. False after a line on stderr. */
bool ptask_open_counter(struct replayer *p, struct ptask *pt);
/* A new task made by pt; flags as of the event. */
struct ptask *ptask_clone(struct replayer *p, struct ptask *pt, pid_t id, bool vm);
void ptask_set_state(struct ptask *pt, enum ptask_state to);
void ptask_end(struct replayer *p, struct ptask *pt);

/* watchdog.c: a clock that ticks during the replay. */
void replayer_watchdog_start(struct replayer *p);
void replayer_watchdog_set_period(uint64_t ns);
void replayer_watchdog_stop(struct replayer *p);
/* Whether the task is still in time; REPLAYER_DIVERGED after a report. */
enum replayer_result replayer_watchdog_check(struct replayer *p, struct ptask *pt);
/* Resumes the task until its next stop, and reads its registers. Not exact: a line or a report has
 * been printed. */
enum replayer_result replayer_watchdog_resume(struct replayer *p, struct ptask *pt, int request,
					      int *status);
/* The same for a task that has stopped, or ended, with that status. */
enum replayer_result replayer_watchdog_stopped(struct replayer *p, struct ptask *pt, int status);

/* interrupting.c: to the event's ticks and registers, by an interrupting counter. */
enum replayer_result replayer_run_to_point(struct replayer *p, struct ptask *pt);

/* run_to.c. Runs to what the event says comes next; REPLAYER_DIVERGED after a report. */
enum replayer_result replayer_run_to_call(struct replayer *p, struct ptask *pt);
enum replayer_result replayer_run_to_signal(struct replayer *p, struct ptask *pt, int sig);
/* To where the task has made as many ticks as when the event was recorded. */
enum replayer_result replayer_run_to_tick(struct replayer *p, struct ptask *pt);
/* To an instruction whose result was recorded. */
enum replayer_result replayer_run_to_nondet(struct replayer *p, struct ptask *pt);
enum replayer_result replayer_run_to_insn(struct replayer *p, struct ptask *pt);
/* Gives the task its registers, to go on at pt->t.regs. */
int ptask_set_regs(struct ptask *pt);
/* It has raised a signal, perhaps in a trampoline: its pc becomes the original's. */
void ptask_to_origin(struct replayer *p, struct ptask *pt);
/* The same after calls made in its name, if it has the registers of those. */
int ptask_restore(struct ptask *pt);
/* report.c */
enum replayer_result replayer_diverged(struct replayer *p, struct ptask *pt, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
enum replayer_result replayer_fail(struct replayer *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* check.c: REPLAYER_DIVERGED after a report. */
/* Compares the task's registers with the event's. */
enum replayer_result replayer_check_regs(struct replayer *p, struct ptask *pt, bool at_call);
/* Compares its ticks, too. */
enum replayer_result replayer_check_position(struct replayer *p, struct ptask *pt, bool at_call);
/* Reports what the task has come to instead of `what`. */
enum replayer_result replayer_unexpected(struct replayer *p, struct ptask *pt, const char *what,
					 int status);
/* Without "SIG". */
const char *replayer_signal_name(int sig);

#endif
