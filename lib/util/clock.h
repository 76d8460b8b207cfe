/* The time of this machine. */
#ifndef RR_CLOCK_H
#define RR_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* CLOCK_MONOTONIC in ns. It makes a real call, because the vdso reads the time-stamp counter, which
 * may be set to fault. */
uint64_t clock_now_ns(void);
/* Whether a time of CLOCK_REALTIME, in ns, is between the machine's last boot and now. */
bool clock_in_this_boot(int64_t ns);

#endif
