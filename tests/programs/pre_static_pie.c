/* cflags: -static-pie */
/* A static program at any address: threads, timers, faults, a jump out of a handler and a fork, all
 * under preemption. */
#include "preempted.h"
