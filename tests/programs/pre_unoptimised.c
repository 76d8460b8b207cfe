/* cflags: -O0 */
/* A program compiled for debugging: threads, timers, faults, a jump out of a handler and a fork,
 * all under preemption. */
#include "preempted.h"
