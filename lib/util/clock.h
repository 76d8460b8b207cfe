/* The time of this machine. */
#ifndef RR_CLOCK_H
#define RR_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in ns. It makes a real call, because the vdso reads the time-stamp counter, which
 * may be set to fault. */
uint64_t clock_now_ns(void);

#endif
