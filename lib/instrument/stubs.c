/* Stubs: functions that are nothing but a jump by a pointer in memory, and that no linker made.
 *
 * A runtime that compiles ahead of time has such linkage tables of its own in its text (mono). It
 * binds a stub when that is first called: it finds the call before the return address, the stub by
 * the call, and the pointer by the stub, and reads numbers that follow the jump. So neither a stub
 * nor a call to it is rewritten. Instead, what is beside the call counts, as for an indirect call,
 * and so does a jump to a stub.
 *
 * Nothing decodes the calls to a linker's table, whose jumps count themselves.
 */
#include "instrument/rewrite.h"

void rewrite_stub_cut(const struct rewrite *rw, struct func *f)
{
	uint32_t end = rewrite_in_plt(rw, f->start) ? 0 : insn_linkage_end(rw, f->start);

	f->stub = end && end <= f->end;
	if (f->stub)
		f->end = end;
}

bool rewrite_is_stub(const struct rewrite *rw, const struct func *f)
{
	bool entered = f > rw->funcs.v && f[-1].end == f->start && f[-1].falls;

	return f->stub && !entered;
}

bool rewrite_to_stub(const struct rewrite *rw, const struct insn *in)
{
	const struct func *f = in->rel_off && rewrite_in_text(rw, in->target)
				       ? rewrite_func_at(rw, in->target)
				       : NULL;

	return f && f->start == in->target && rewrite_is_stub(rw, f);
}
