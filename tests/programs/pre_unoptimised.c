/* cflags: -O0 */
/* A program as it is debugged: threads, timers, faults, a jump out of a handler and a fork, all
 * under preemption. */
#include "preempted.h"
