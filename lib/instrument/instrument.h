/* Rewrites code so that it counts its backward edges and stops at nondeterministic instructions.
 *
 * It works on one ELF file at a time and knows nothing of processes. The format of the result is in
 * instrument/code.h.
 */
#ifndef RR_INSTRUMENT_H
#define RR_INSTRUMENT_H

#include "instrument/code.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum tactic {
	TACTIC_LONG,   /* the site has five bytes or more */
	TACTIC_GROUP,  /* displaced together with neighbours */
	TACTIC_ISLAND, /* a short jump to a long one nearby */
	TACTIC_COUNT
};

struct instrument_report {
	uint64_t text_bytes, functions, functions_left; /* functions_left: could not be decoded */
	uint64_t found, rewritten[TACTIC_COUNT], left;  /* counted edges */
	uint64_t acyclic; /* backward edges on no cycle, which are not in `found` */
	uint64_t cheap;   /* of those rewritten: by the cheap form, because flags are dead */
	uint64_t hooks, hooks_left, syscalls;
	FILE *list; /* gets a line for each site or function that is left alone, with the reason;
		       NULL: not wanted */
};

/* Writes the code file for the open ELF file fd into the empty file `out`. 0; 1: there is nothing
 * to rewrite, or the file is not suitable, and *why says which; -1 with errno. For a damaged file
 * the result is 1, never a crash. */
int instrument_file(int fd, int out, struct instrument_report *rep, const char **why);

#endif
