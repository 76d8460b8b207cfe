/* The replayer: runs a trace again, exactly, touching nothing outside it. */
#ifndef RR_REPLAY_H
#define RR_REPLAY_H

#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum replay_verdict {
	REPLAY_EXACT = 0,    /* to the end, or to where it was to stop */
	REPLAY_DIVERGED = 1, /* the report has been printed */
	/* the trace, or this machine, does not allow it; one line has been printed */
	REPLAY_NO_TRACE = 2,
	/* Inside the replayer only. */
	REPLAY_PAUSED, /* stopped on the way, by its `pauses`; called again, it goes on */
	REPLAY_OVER    /* there are no more events */
};

struct replay_options {
	const char *trace; /* NULL: the latest */
	const char *uuid;  /* the trace must still be this one; NULL: whichever */
	bool quiet;        /* nothing on stdout and stderr of what the program wrote */
	/* not the first replay of it: says nothing more of a trace cut short */
	bool again;
	bool show_events; /* on stderr, as rr-dump would */
	/* where it diverges, waits with the tasks stopped, so that a debugger can attach */
	bool keep;
	uint64_t until;        /* event to stop after; 0: all */
	uint64_t memory_every; /* events between checksums of memory; 0: none */
	/* Bytes the program wrote to a descriptor (1, 2: standard streams); NULL: to our own. */
	int (*output)(void *ctx, const struct trace_event *ev, int stream, const void *bytes,
		      size_t n);
	/* A checksum of a task's memory, before that event. Nonzero: stop, diverged. */
	int (*checksum)(void *ctx, const struct trace_event *ev, uint64_t sum);
	void *ctx;
	int write_fd; /* with output: also what is written to this descriptor number; -1: none */
};

struct replay_stats {
	uint64_t events, calls, signals, tasks, checksums;
	double seconds;
	uint64_t calls_by_number[512];
	bool complete; /* the recording had ended well */
};

enum replay_verdict replay_run(const struct replay_options *o, struct replay_stats *stats);

/* For rr-dump -w: the raw bytes written to descriptor fd. What the program exits with: as
 * replay_run. */
int replay_write_fd(const char *trace, int fd, FILE *out);

struct verify_options {
	const char *trace;
	uint64_t memory_every;              /* 0: none; 1: every event */
	bool structure_only, verbose, keep; /* keep: as of replay_options */
};
/* Is the trace whole, and does it replay exactly? Prints the first difference. */
enum replay_verdict replay_verify(const struct verify_options *o);

#endif
