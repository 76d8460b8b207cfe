/* The time of this machine. */
#ifndef RR_CLOCK_H
#define RR_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC, ns. By a real call: the vdso reads the time-stamp counter, which may be made to
 * fault. */
uint64_t now_ns(void);

#endif
