/* Debug registers that an emulated tracer sets. Recording and replaying. */
#include "instrument/image.h"
#include "kernel/handler.h"
#include "tracee/address_space.h"
#include "tracee/watchpoints.h"

#include <string.h>

int kernel_debug_registers_set(struct task *t, const uint64_t dr[TRACE_DEBUG_REGS])
{
	struct arch_watchpoints w;

	if (arch_watchpoints_decode(dr, &w))
		return -1;
	memmove(t->debug, dr, sizeof(t->debug));
	t->debugged = false;
	for (int i = 0; i < ARCH_WATCHPOINTS; i++) {
		t->debugged |= w.v[i].len != 0;
		/* A displaced instruction is executed in a trampoline. */
		if (w.v[i].len && w.v[i].kind == ARCH_WATCH_EXEC)
			w.v[i].addr = code_entry(code_of(t->mm), w.v[i].addr);
	}
	return task_set_watchpoints(t, &w);
}

int kernel_replay_debug_registers(struct replaying *rp, struct task *t, const struct trace_data *d)
{
	uint64_t dr[TRACE_DEBUG_REGS];

	memcpy(dr, d->bytes, sizeof(dr));
	t->mm->breakpoints_plan = 0; /* the debugger's stop points may need other means now */
	return kernel_debug_registers_set(t, dr)
		       ? kernel_replay_fail(rp,
					    "this CPU does not accept the recorded debug registers")
		       : 0;
}
