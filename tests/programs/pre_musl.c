/* cc: musl-gcc -static */
/* A static program with another C library: threads, timers, faults, a jump out of a handler and a
 * fork, all under preemption. */
#include "preempted.h"
