/* cflags: -static */
/* A static program: threads, timers, faults, a jump out of a handler and a fork, all under
 * preemption. */
#include "preempted.h"
