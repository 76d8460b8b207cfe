/* cflags: -O3 -fPIE -fcf-protection=full */
/* An optimised program: threads, timers, faults, a jump out of a handler and a fork, all under
 * preemption. */
#include "preempted.h"
