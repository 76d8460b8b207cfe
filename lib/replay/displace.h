/* Displaced instructions of breakpoints: a copy of the instruction under a breakpoint, and a jump
 * to the next one, in the agent's page. A task that a breakpoint does not stop is resumed there,
 * while the breakpoint stays in place.
 */
#ifndef RR_DISPLACE_H
#define RR_DISPLACE_H

#include "tracee/task.h"

/* Where the copy of the instruction under the breakpoint at addr is; 0: there is none, because the
 * instruction would do something else there. */
uint64_t debugger_displace(struct task *t, uint64_t addr);
/* Makes registers of a stop in such a copy those of the original place. saved: what the
 * counter page holds as its first saved register. False: the stop is elsewhere. */
bool debugger_displace_undo(const struct task *t, struct trace_regs *g, uint64_t saved);

#endif
