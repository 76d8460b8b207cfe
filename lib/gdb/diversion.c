#include "gdb/diversion.h"

#include "gdb/inferiors.h"
#include "util/array.h"

void gdb_diversion_begin(struct session *s, pid_t tid, const struct trace_regs *before)
{
	if (!debug_diversion(s->debug))
		s->ndiverted = 0;
	for (size_t i = 0; i < s->ndiverted; i++)
		if (s->diverted[i].tid == tid)
			return;
	*ARRAY_ADD(s->diverted, s->ndiverted) =
		(struct diverted){tid, ARCH_PC(before), ARCH_SP(before)};
}

void gdb_diversion_end(struct session *s)
{
	s->ndiverted = 0;
	if (!debug_diversion(s->debug))
		return;
	debug_diversion_end(s->debug);
	gdb_threads_forget(s);
}

bool gdb_diversion_running(struct session *s)
{
	struct trace_regs g;

	for (size_t i = 0; i < s->ndiverted; i++) {
		const struct diverted *d = &s->diverted[i];
		if (!debug_get_regs(s->debug, d->tid, &g) &&
		    (ARCH_PC(&g) != d->pc || ARCH_SP(&g) != d->sp))
			return true;
	}
	return false;
}
