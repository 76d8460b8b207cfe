/* Whether this machine is one that a trace can be replayed on. */
#ifndef RR_MACHINE_CHECK_H
#define RR_MACHINE_CHECK_H

#include "trace/trace.h"

/* NULL, or what it lacks, one line, malloc'd. Registers are set from now on as that machine saved
 * them. */
char *replayer_machine_misfit(const struct trace_meta *m);

#endif
