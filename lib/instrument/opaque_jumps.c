/* Functions with opaque jumps, whose targets were not found.
 *
 * No group may contain an unknown target, so it matters that none is missed. Two things suggest
 * one: an instruction after a jump that nothing seems to reach, and a computed address inside a
 * function that jumps by register. Such a function is checked jump by jump. If one stays
 * unexplained, no instruction of the function is displaced.
 */
#include "instrument/rewrite.h"

static bool func_explained(struct rewrite *rw, const struct func *f)
{
	for (size_t i = rewrite_site_find(rw, f->start);
	     i < rw->sites.n && rw->sites.v[i].addr < f->end; i++)
		if (rw->sites.v[i].kind == CODE_INDIRECT &&
		    !rewrite_jump_explained(rw, f, rw->sites.v[i].addr))
			return false;
	return f->indirect;
}

/* A block after a jump may be data if no certain instruction goes to it. Its sites are left
 * alone. */
static void block_distrust(struct rewrite *rw, const struct func *f, uint32_t start)
{
	uint32_t end = start;
	struct insn in;

	while (end < f->end && !bit_get(rw->strong, end) && insn_decode(rw, end, f->end, &in))
		end += in.len;
	for (size_t i = rewrite_site_find(rw, start); i < rw->sites.n && rw->sites.v[i].addr < end;
	     i++)
		rw->sites.v[i].unreached = true;
}

/* Whether a certain target is inside an instruction, and not just past a prefix: then data was
 * decoded as code. */
static bool decoded_wrong(const struct rewrite *rw, const struct func *f)
{
	for (uint32_t at = f->start + 1; at < f->end; at++) {
		if (at % 64 == 0 && !(rw->strong[at / 64] & ~rw->start[at / 64])) {
			at += 63;
			continue;
		}
		if (bit_get(rw->strong, at) && !bit_get(rw->start, at) &&
		    !(insn_is_skipped_prefix(rw->img[at - 1]) && bit_get(rw->start, at - 1)))
			return true;
	}
	return false;
}

static void func_give_up(struct rewrite *rw, struct func *f)
{
	f->left = f->opaque = true;
	rw->rep->functions_left++;
	for (size_t i = rewrite_site_find(rw, f->start);
	     i < rw->sites.n && rw->sites.v[i].addr < f->end; i++)
		rw->sites.v[i].unreached = true;
	if (rw->rep->list)
		fprintf(rw->rep->list, "%#lx-%#lx: function: left alone: data in its code\n",
			rw->lo + f->start, rw->lo + f->end);
}

void rewrite_opaque_find(struct rewrite *rw)
{
	for (size_t i = 0; i < rw->funcs.n; i++)
		if (!rw->funcs.v[i].left && decoded_wrong(rw, &rw->funcs.v[i]))
			func_give_up(rw, &rw->funcs.v[i]);
	for (size_t i = 0; i < rw->blocks.n; i++) {
		struct func *f = rewrite_func_at(rw, rw->blocks.v[i]);
		if (f && !f->left && !bit_get(rw->target, rw->blocks.v[i]))
			f->orphans = true;
	}
	for (size_t i = 0; i < rw->funcs.n; i++) {
		struct func *f = &rw->funcs.v[i];
		if (f->orphans || (f->jumps && f->own_lea && !f->tables))
			f->opaque = !func_explained(rw, f);
	}
	for (size_t i = 0; i < rw->blocks.n; i++) {
		struct func *f = rewrite_func_at(rw, rw->blocks.v[i]);
		if (f && !f->left && !bit_get(rw->strong, rw->blocks.v[i]) &&
		    !rewrite_in_plt(rw, rw->blocks.v[i]))
			block_distrust(rw, f, rw->blocks.v[i]);
		bit_set(rw->target, rw->blocks.v[i]);
	}
}
