/* An instruction under a breakpoint, executed elsewhere: a copy of it, and a jump to what comes
 * behind it, lie in the agent's page, so that the task goes on from a breakpoint that is not to
 * stop it without a stop, and without its being taken out.
 */
#ifndef RR_DISPLACE_H
#define RR_DISPLACE_H

#include "tracee/task.h"

/* Where the copy of what is planted at addr is; 0: there is none, because the instruction would do
 * something else there. */
uint64_t debugger_displace(struct task *t, uint64_t addr);
/* Makes registers of a stop in such a copy those of the place it stands for. saved: what the
 * counter page holds as its first saved register. False: the stop is elsewhere. */
bool debugger_displace_undo(const struct task *t, struct trace_regs *g, uint64_t saved);

#endif
