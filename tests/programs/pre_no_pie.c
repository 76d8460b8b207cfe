/* cflags: -no-pie */
/* A program at a fixed address: threads, timers, faults, a jump out of a handler and a fork, all
 * under preemption. */
#include "preempted.h"
