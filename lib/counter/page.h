/* The counter page: one page of memory, at the same address in every tracee and shared with the
 * tracer.
 *
 * At most one tracee runs at a time, so one countdown serves all of them: rewritten code subtracts
 * COUNTER_TICK for every counted edge and stops when the result is 0. The low byte of the countdown
 * is always 0, so that the subtraction leaves the same flags whatever the count is, and a replay
 * that counts from another number differs in nothing. The address is below 2 GiB, within reach of
 * an absolute 32-bit displacement from any code, and not below the usual vm.mmap_min_addr (64 KiB).
 */
#ifndef RR_COUNTER_PAGE_H
#define RR_COUNTER_PAGE_H

#include <stdint.h>

#define COUNTER_PAGE 0x10000ul
#define COUNTER_TICK 256
#define COUNTER_SAVED 3

struct counter_page {
	uint64_t left; /* COUNTER_TICK for each edge until the stop; never 0 while a task runs */
	/* What the registers that rewritten code borrows held: while it uses them, and at its
	 * stops. Which ones they are is the business of lib/instrument/ARCH. */
	uint64_t saved[COUNTER_SAVED];
};

#define COUNTER_LEFT COUNTER_PAGE
#define COUNTER_SAVED_AT(i) (COUNTER_PAGE + 8 + 8 * (i))

#endif
