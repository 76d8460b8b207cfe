/* The replay: runs a trace again, exactly, and touches nothing outside of it. Nothing is printed:
 * the program's output goes to a callback, and what went wrong into a report.
 *
 * While a replay runs, SIGALRM and ITIMER_REAL are its own, the calling process is bound to one
 * CPU, and no other code may wait for the process's children: there is one replay at a time in a
 * process. Memory that cannot be had ends the process, as elsewhere in the library (util.h).
 */
#ifndef RR_REPLAY_H
#define RR_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct trace_event; /* trace/trace.h */

enum replay_verdict {
	REPLAY_EXACT = 0,    /* to the end of the trace, or to where the replay was to stop */
	REPLAY_DIVERGED = 1, /* the replay differs from the recording */
	REPLAY_NO_TRACE = 2  /* the trace cannot be replayed, or not on this machine */
};

struct replay_register {
	const char *name; /* static */
	uint64_t recorded, replayed;
};

/* Where an address was in the mappings of the task that diverged. */
struct replay_place {
	uint64_t addr, offset; /* offset in the file, bytes */
	char *file; /* "anonymous memory" if it has none; NULL: nothing was mapped there */
};

/* How a replay ended. Zero it before first use; what it points to is freed by
 * replay_report_free(). lib/print/replay_report.h prints it. */
struct replay_report {
	enum replay_verdict verdict;
	char *why;  /* one line; NULL: the replay was exact */
	char *note; /* one line that a user should read of an exact replay; NULL: none */
	/* Of a divergence: the event that was to come next, and its task. */
	uint64_t event;
	pid_t task;
	/* Registers that differ from the event's. */
	struct replay_register *registers;
	size_t nregisters;
	/* The task's program counter, and the event's if it is another. */
	struct replay_place replayed_at, recorded_at;
	/* The last events that were applied, oldest first. */
	struct trace_event *last_events;
	size_t nlast_events;
};
void replay_report_free(struct replay_report *r);

/* A process of the replay that is stopped where it diverged. */
struct replay_stopped {
	pid_t tid;      /* here; each task is a process of its own */
	pid_t recorded; /* the task's id in the recording */
	bool diverged;  /* the report is about it */
};

/* All callbacks get `ctx`, and may be NULL. */
struct replay_options {
	const char *trace;     /* its directory; NULL: the latest */
	const char *uuid;      /* the trace must still be this one; NULL: any */
	uint64_t until;        /* event to stop after; 0: none */
	uint64_t memory_every; /* events between checksums of memory; 0: no checksums */
	int write_fd;          /* output() gets what was written to this descriptor instead; -1 */
	/* Bytes that the program wrote to stdout (1) or stderr (2), or to write_fd. Nonzero with
	 * errno: they cannot be written, which ends the replay. */
	int (*output)(void *ctx, const struct trace_event *ev, int stream, const void *bytes,
		      size_t n);
	/* An event has been applied. */
	void (*event)(void *ctx, const struct trace_event *ev);
	/* A checksum of a task's memory, before that event. Nonzero: it differs from another
	 * replay's, which is a divergence. */
	int (*checksum)(void *ctx, const struct trace_event *ev, uint64_t sum);
	/* The replay has diverged, and its tasks are still there, stopped: a debugger can be
	 * attached to them after PTRACE_DETACH. They are ended afterwards. */
	void (*diverged)(void *ctx, const struct replay_report *r, const struct replay_stopped *v,
			 size_t n);
	void *ctx;
};

struct replay_stats {
	uint64_t events, calls, signals, tasks, checksums;
	double seconds;
	uint64_t calls_by_number[512];
	bool complete; /* the recording ended well */
};

/* Replays a trace. stats and report are filled whatever the verdict is, which is the report's. */
enum replay_verdict replay_run(const struct replay_options *o, struct replay_stats *stats,
			       struct replay_report *report);

struct replay_verify_options {
	const char *trace;     /* its directory; NULL: the latest */
	uint64_t memory_every; /* events between checksums of memory; 0: no checksums */
	bool structure_only;   /* reads the trace's files, and does not replay */
	bool count_events;     /* structure_only: fills `events` of the figures */
	/* As in struct replay_options. */
	void (*diverged)(void *ctx, const struct replay_report *r, const struct replay_stopped *v,
			 size_t n);
	void *ctx;
};
/* Whether the trace is whole and replays exactly: its recorded checksums must match, or those of
 * two replays where it has none. stats are those of the last replay; their `seconds` and
 * `checksums` those of all. A trace that replays exactly but was cut short is REPLAY_NO_TRACE with
 * a note. */
enum replay_verdict replay_verify(const struct replay_verify_options *o, struct replay_stats *stats,
				  struct replay_report *report);

#endif
