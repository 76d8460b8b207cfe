/* The counter page: one page of memory, at the same address in every tracee and shared with the
 * tracer.
 *
 * At most one tracee runs at a time, so one countdown serves all of them: rewritten code subtracts
 * COUNTER_TICK at every counted edge and stops when the result is 0. The low byte of the countdown
 * is always 0. Thus the subtraction always leaves the same flags, and a replay may start from
 * another number.
 *
 * The address is below 2 GiB, so that any code reaches it by an absolute 32-bit displacement, and
 * not below the usual vm.mmap_min_addr (64 KiB).
 */
#ifndef RR_COUNTER_PAGE_H
#define RR_COUNTER_PAGE_H

#include <stdint.h>

#define COUNTER_PAGE 0x10000ul
#define COUNTER_TICK 256
#define COUNTER_SAVED 3

struct counter_page {
	uint64_t left; /* COUNTER_TICK times the edges until the stop; never 0 while a task runs */
	/* The program's values of the registers that rewritten code borrows, while it uses them and
	 * at its stops. lib/instrument/ARCH knows which ones these are. */
	uint64_t saved[COUNTER_SAVED];
};

#define COUNTER_LEFT COUNTER_PAGE
#define COUNTER_SAVED_AT(i) (COUNTER_PAGE + 8 + 8 * (i))

#endif
