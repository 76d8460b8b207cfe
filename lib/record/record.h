/* The recorder: runs a command and saves every nondeterministic input of it. */
#ifndef RR_RECORD_H
#define RR_RECORD_H

#include "arch/arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLICE_NS 50000000u

enum record_counter { RECORD_AUTO, RECORD_SOFT, RECORD_HPC, RECORD_STEP, RECORD_NONE };

struct record_options {
	char *const *argv; /* the command, NULL-terminated */
	const char *dir;   /* where the trace goes; NULL: a fresh place */
	const char *chdir; /* start there; NULL: here */
	/* NAME=VALUE to add to the program's environment; NULL-terminated, or NULL */
	char **env;
	/* SIGKILL for what the program leaves running */
	bool end_with_program;
	bool replace; /* a trace that is already there */
	bool quiet, verbose;
	enum record_counter counter;
	struct arch_features features; /* the features of the processor that the program sees */
	bool chaos;                    /* unlikely schedules, drawn from the seed */
	uint64_t seed;
	uint64_t slice_ns; /* how long a task may go on while others wait; 0: SLICE_NS */
	int cpu;           /* -1: any one */
	int print_dir_fd;  /* -1: not */
	/* where the recorder itself fails, waits with the tasks stopped, for a debugger */
	bool keep;
	uint64_t checksum_every; /* events; 0: no checksums */
};

/* Records. Returns what rr-record exits with; when the program died of a signal, 128 + N, and
 * *signal is N. Failures of our own are printed on stderr and give 125 (126: cannot execute, 127:
 * not found). */
int record_run(const struct record_options *o, int *signal);

#endif
