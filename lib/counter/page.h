/* The counter page: one page of memory, at one address in every tracee and shared with the recorder
 * (or the replayer).
 *
 * At most one tracee runs at a time, so one countdown serves all: rewritten code subtracts
 * COUNTER_TICK for every counted edge and stops when the result is 0. The low byte of the countdown
 * is always 0, so that the flags of the subtraction are the same whatever the count is: a replay
 * that counts from another number sees no difference. The address is below 2 GiB, so that code
 * anywhere reaches it with a 32-bit absolute displacement, and not below the usual vm.mmap_min_addr
 * (64 KiB).
 */
#ifndef RR_COUNTER_PAGE_H
#define RR_COUNTER_PAGE_H

#include <stdint.h>

#define COUNTER_PAGE 0x10000ul
#define COUNTER_TICK 256

struct counter_page {
	uint64_t left; /* COUNTER_TICK for each edge until the stop; never 0 while a task runs */
	/* what these held, while rewritten code uses them and at its stops */
	uint64_t rax, rcx, r11;
};

#define COUNTER_LEFT COUNTER_PAGE
#define COUNTER_RAX (COUNTER_PAGE + 8)
#define COUNTER_RCX (COUNTER_PAGE + 16)
#define COUNTER_R11 (COUNTER_PAGE + 24)

#endif
