/* Rewriting of code, so that it counts its backward edges and stops at nondeterministic
 * instructions.
 *
 * Works on one ELF file at a time and knows nothing of processes. formats: instrument/code.h.
 */
#ifndef RR_INSTRUMENT_H
#define RR_INSTRUMENT_H

#include "instrument/code.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum tactic {
	TACTIC_LONG,   /* five bytes or more of its own */
	TACTIC_GROUP,  /* moved together with neighbours */
	TACTIC_ISLAND, /* a short jump to a long one nearby */
	TACTIC_COUNT
};

struct instrument_report {
	uint64_t text_bytes, functions, functions_left; /* left: could not be decoded */
	uint64_t found, rewritten[TACTIC_COUNT], left;  /* counted edges */
	uint64_t acyclic; /* backward edges that lie on no cycle, and so are none of those found */
	uint64_t cheap;   /* of those rewritten: flags were dead */
	uint64_t hooks, hooks_left, syscalls;
	FILE *list; /* a line for each site or function left alone, and why; NULL: none */
};

/* Writes the code file for the ELF file open at fd into out (an empty file). 0; 1: there is nothing
 * to rewrite, or it is no file for us, *why says which; -1 with errno. Bytes are taken from fd
 * alone; a damaged file gives 1, never a crash. */
int instrument_file(int fd, int out, struct instrument_report *rep, const char **why);

#endif
