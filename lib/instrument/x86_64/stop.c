#include "arch/x86_64/regs.h"
#include "instrument/trampoline.h"

void trampoline_restore(struct trace_regs *g, const uint64_t saved[COUNTER_SAVED])
{
	g->r[R_RAX] = saved[0];
	g->r[R_RCX] = saved[1];
	g->r[R_R11] = saved[2];
	g->r[R_ORIG_RAX] = (uint64_t)-1;
}

/* The arithmetic flags after a subtraction of COUNTER_TICK whose result is not 0: only PF is
 * set. */
#define FLAGS_COUNTED 0x004u

void trampoline_set_flags(struct trace_regs *g)
{
	g->r[R_EFLAGS] = (g->r[R_EFLAGS] & ~(uint64_t)FLAGS_ARITH) | FLAGS_COUNTED;
}
