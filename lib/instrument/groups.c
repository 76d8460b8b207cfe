/* Groups: consecutive instructions that are displaced into one trampoline to make room for a
 * jump. */
#include "instrument/rewrite.h"

enum { INSNS_MAX = 8 };

/* Extends a group from `start` until there is room for a jump. The instructions up to the site are
 * known to be movable. */
static bool plan_extend(const struct rewrite *rw, const struct func *f, uint32_t start,
			unsigned count, const struct insn *site, struct plan *p)
{
	uint32_t end = site->addr + site->len;
	bool goes_on = insn_goes_on(site);
	struct insn in;

	while (end - start < JUMP_LEN && goes_on) {
		if (++count > INSNS_MAX || bit_get(rw->target, end) ||
		    !insn_decode(rw, end, f->end, &in) || !insn_movable(rw, &in))
			return false;
		end += in.len;
		goes_on = insn_goes_on(&in);
	}
	uint32_t fill = end - start < JUMP_LEN ? rewrite_spare_end(rw, end, start + JUMP_LEN) : end;
	if (fill - start < JUMP_LEN || !rewrite_range_free(rw, start, end))
		return false;
	*p = (struct plan){
		.start = start, .end = end, .fill = fill, .cost = count * 16 + (fill - start)};
	return true;
}

/* The smallest group that contains the site. */
bool rewrite_group_plan(const struct rewrite *rw, const struct func *f, const struct insn *site,
			struct plan *best)
{
	uint32_t start = site->addr;
	unsigned count = 1;
	struct plan p;
	struct insn in;
	bool found = false;

	while (site->addr - start < JUMP_LEN) {
		if (plan_extend(rw, f, start, count, site, &p) && (!found || p.cost < best->cost)) {
			*best = p;
			found = true;
		}
		if (bit_get(rw->target, start) || !insn_before(rw, f, start, &in) ||
		    !insn_movable(rw, &in))
			break;
		start = in.addr;
		count++;
	}
	return found;
}

void rewrite_group_apply(struct rewrite *rw, const struct plan *p, enum tactic tactic)
{
	uint32_t at = rewrite_emit_group(rw, p->start, p->end);
	rewrite_text_patch_jump(rw, p->start, at);
	*VEC_ADD(&rw->em.entries) = (struct code_pair){p->start, at};
	rewrite_range_take(rw, p->start, p->fill);
	rewrite_bytes_free(rw, p->start + JUMP_LEN, p->fill);
	rewrite_sites_done(rw, p->start, p->end, tactic);
}
