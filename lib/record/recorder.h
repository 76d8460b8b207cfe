/* A recording, for the files of this floor. At most one task runs the program's code at a time.
 *
 * The files in layers, each calling only files of lower layers:
 *   recorder    the loop: which task runs next, and what each stop means
 *   wait, emulated_resume, emulated_requests, launch
 *   calls       system calls, clone, execve
 *   looks       at files that a process serves
 *   exits, signals
 *   emulated_stops
 *   ticks
 *   leftover
 *   crash
 *   chaos, control, inherit
 *   rtask       tasks, their states and events */
#ifndef RR_RECORDER_H
#define RR_RECORDER_H

#include "record/record.h"
#include "record/rtask.h"

#include <bsd/sys/queue.h>

struct chaos;
struct ended;

/* A PTRACE_INTERRUPT that has been sent to the running task, which has not stopped since. */
struct preemption {
	struct rtask *rt;                            /* NULL: there is none */
	enum { PREEMPT_SLICE, PREEMPT_NO_EDGE } why; /* NO_EDGE: it reaches no counted edge */
};

struct recorder {
	struct recording rec; /* first: a struct recording of this floor is a struct recorder */
	const struct record_options *o;
	struct rtasks tasks; /* in the order of their time slices */
	size_t live;         /* tasks that are not gone */
	struct rtask *root;  /* the program's first process */
	bool root_done;      /* waitpid has reported its end, by root_status */
	int root_status;
	uint64_t start_ns, slice_start; /* by the monotonic clock */
	uint64_t looked_ns;             /* when slice_is_over() last looked for woken tasks */
	uint64_t next_checksum; /* the number of the first event that may be one; 0: none is */
	pid_t early[64];        /* new tasks that have stopped before the event of their creation */
	size_t nearly;
	struct preemption preemption;
	enum record_counter counter; /* not RECORD_AUTO */
	struct soft soft;
	struct hpc_kind hpc;
	struct chaos *chaos; /* NULL: round-robin */
	uint64_t slice_ns;   /* time slice of a task while others are ready */
	bool alarmed;        /* control_tick() runs */
	struct {
		uint64_t since_ns; /* when the program was found to have ended */
		bool reported;     /* what is waited for, or it need not be */
	} leftover;
	uint64_t killed_ns; /* when recorder_kill_left() was called first; 0: never */
	bool given_up;      /* some of the killed do not end: they are left */
	bool stop_shown; /* rr-record has stopped as the program did, and no task has run since */
	char *warned[64];
	size_t nwarned;
	STAILQ_HEAD(, ended) ended; /* oldest first: emulated_stops.c */
	char *dir;
	uint64_t events;
};

/* --- rtask.c --- */

struct rtask *recorder_find(struct recorder *r, pid_t tid);
/* Some task but this one is ready. */
bool recorder_others_ready(const struct recorder *r, const struct rtask *rt);
/* Frees those that are gone and reaped, but for the root. */
void recorder_forget_gone(struct recorder *r);

/* It is the first thread of a process that has not ended, or whose end is not reported. */
bool rtask_is_left(const struct rtask *rt);
/* Sends SIGKILL to all processes that are left. */
void recorder_kill_left(struct recorder *r);
/* Whether some of them have not ended for seconds. A task that waits for a server outside of the
 * recording may wait where no signal ends it. */
bool recorder_gives_up(struct recorder *r);
/* A task that is stopped, last in the list; takes over the reference to mm. */
struct rtask *rtask_new(struct recorder *r, pid_t tid, struct mm *mm, pid_t tgid,
			enum rtask_state state);
void rtask_free(struct rtask *rt);
/* waitpid has reported its end. */
void rtask_reaped(struct recorder *r, struct rtask *rt, int status);

/* Puts an event of this task; fills in time, ticks and, unless it is set, the task. */
void rtask_put_event(struct recorder *r, struct rtask *rt, struct trace_event *ev);
/* Puts EV_ENTER for the call that the task is in, unless the call has an event already. */
void rtask_put_entry(struct recorder *r, struct rtask *rt);
/* Puts the extended registers that the task goes on with, for the event that is put next. */
void rtask_put_xstate(struct recorder *r, struct rtask *rt);

#endif
