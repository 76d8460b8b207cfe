/* What the programs with bugs share. Natively their critical moments are milliseconds apart, so
 * each program runs without failure thousands of times. A scheduler that delays a thread in the
 * wrong place shows the bug. */
#ifndef BUGS_H
#define BUGS_H

#include "../check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

/* About 12 ms of work with few jumps. */
static inline uint64_t long_work(uint64_t x)
{
	int i;

#define MIX x = (x ^ x >> 7) * 0x9e3779b97f4a7c15u;
#define MIX_8 MIX MIX MIX MIX MIX MIX MIX MIX
	for (i = 0; i < 150000; i++) {
		MIX_8 MIX_8 MIX_8 MIX_8 MIX_8
	}
	return x;
}

/* Some microseconds of work, as for writing a journal. */
static inline void journal(const char *what, long value)
{
	static _Thread_local char lines[10][80];
	struct timespec now;
	int i;

	for (i = 0; i < 10; i++) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		snprintf(lines[i], sizeof(lines[i]), "%ld %s %ld", (long)now.tv_nsec, what, value);
	}
}

#endif
