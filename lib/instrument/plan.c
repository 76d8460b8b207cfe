/* Which bytes become a jump to which code. */
#include "arch/arch.h"
#include "instrument/rewrite.h"
#include "util/array.h"

#include <string.h>

enum { INSNS_MAX = 8 };

static const char TOO_SHORT[] = "no room for a jump";

bool range_free(const struct rewrite *rw, uint32_t start, uint32_t end)
{
	if (bit_get(rw->taken, start))
		return false;
	for (uint32_t at = start + 1; at < end; at++)
		if (bit_get(rw->taken, at) || bit_get(rw->target, at))
			return false;
	return true;
}

void range_take(struct rewrite *rw, uint32_t start, uint32_t end)
{
	for (; start < end; start++) {
		bit_set(rw->taken, start);
		bit_clear(rw->spare, start);
	}
}

void bytes_free(struct rewrite *rw, uint32_t start, uint32_t end)
{
	text_fill(rw, start, end);
	for (; start < end; start++)
		bit_set(rw->spare, start);
}

uint32_t spare_end(const struct rewrite *rw, uint32_t addr, uint32_t want)
{
	while (addr < want && bit_get(rw->spare, addr))
		addr++;
	return addr;
}

/* Extends from `start`, whose instructions up to the site are known to be movable, as far as a jump
 * needs. */
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
	uint32_t fill = end - start < JUMP_LEN ? spare_end(rw, end, start + JUMP_LEN) : end;
	if (fill - start < JUMP_LEN || !range_free(rw, start, end))
		return false;
	*p = (struct plan){
		.start = start, .end = end, .fill = fill, .cost = count * 16 + (fill - start)};
	return true;
}

/* The smallest group with the site in it. */
static bool plan_group(const struct rewrite *rw, const struct func *f, const struct insn *site,
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

size_t site_find(const struct rewrite *rw, uint32_t addr)
{
	return ARRAY_SEARCH(i, rw->sites.n, rw->sites.v[i].addr >= addr);
}

void sites_done(struct rewrite *rw, uint32_t start, uint32_t end, enum tactic tactic)
{
	for (size_t i = site_find(rw, start); i < rw->sites.n && rw->sites.v[i].addr < end; i++) {
		rw->sites.v[i].done = true;
		rw->sites.v[i].tactic = tactic;
	}
}

void group_apply(struct rewrite *rw, const struct plan *p, enum tactic tactic)
{
	text_patch(rw, p->start, "\xe9", 1);
	uint32_t at = emit_group(rw, p->start, p->end);
	text_patch_rel(rw, p->start + 1, at);
	*VEC_ADD(&rw->em.entries) = (struct code_pair){p->start, at};
	range_take(rw, p->start, p->fill);
	bytes_free(rw, p->start + JUMP_LEN, p->fill);
	sites_done(rw, p->start, p->end, tactic);
}

/* A direct jump or call with a 32-bit displacement needs only another one. */
static bool site_retarget(struct rewrite *rw, const struct insn *in)
{
	if (in->rel_size != 4 || in->odd || !range_free(rw, in->addr, in->addr + in->len))
		return false;
	uint32_t at = emit_count(rw, in);
	text_patch_rel(rw, in->addr + in->rel_off, at);
	if (in->type == INSN_JMP)
		*VEC_ADD(&rw->em.entries) = (struct code_pair){in->addr, at};
	range_take(rw, in->addr, in->addr + in->len);
	sites_done(rw, in->addr, in->addr + in->len, TACTIC_LONG);
	return true;
}

/* Why the site is left alone; NULL: it is rewritten. */
static const char *site_rewrite(struct rewrite *rw, struct site *s)
{
	const struct func *f = func_at(rw, s->addr);
	struct insn in;
	struct plan p;

	if (!f || !insn_decode(rw, s->addr, f->end, &in))
		return "no instruction";
	if (s->unreached)
		return "nothing goes there";
	if (in.odd)
		return "odd prefixes";
	if (in.rel_off && !in_text(rw, in.target))
		return "jumps out of the text";
	if (in.rel_size == 4 && !site_retarget(rw, &in))
		return "something jumps into it";
	if (in.rel_size == 4) {
		s->hop = in.type == INSN_JMP ? s->addr : 0;
		return NULL;
	}
	if (!insn_movable(rw, &in))
		return "cannot be moved";
	if (in.len >= JUMP_LEN && range_free(rw, in.addr, in.addr + in.len)) {
		p = (struct plan){
			.start = in.addr, .end = in.addr + in.len, .fill = in.addr + in.len};
		group_apply(rw, &p, TACTIC_LONG);
		return NULL;
	}
	if (f->opaque)
		return "in a function with jumps that are not understood";
	if (!plan_group(rw, f, &in, &p))
		return TOO_SHORT;
	group_apply(rw, &p, TACTIC_GROUP);
	return NULL;
}

static const char *const KINDS[] = {
	[CODE_JUMP] = "jump",
	[CODE_CALL] = "call",
	[CODE_INDIRECT] = "indirect jump",
};

static const char *kind_name(uint8_t kind)
{
	return kind < CODE_NONDET ? KINDS[kind] : arch_nondet_name(kind - CODE_NONDET);
}

static void sites_report(struct rewrite *rw)
{
	struct instrument_report *rep = rw->rep;

	for (size_t i = 0; i < rw->sites.n; i++) {
		const struct site *s = &rw->sites.v[i];
		bool hook = s->kind >= CODE_NONDET;
		hook ? rep->hooks++ : rep->found++;
		if (!s->done) {
			hook ? rep->hooks_left++ : rep->left++;
			if (rep->list)
				fprintf(rep->list, "%#lx: %s: left alone: %s\n", rw->lo + s->addr,
					kind_name(s->kind), s->why);
		} else if (!hook) {
			rep->rewritten[s->tactic]++;
		}
	}
	rep->syscalls += rw->syscalls.n;
}

void sites_rewrite(struct rewrite *rw)
{
	spare_find(rw);
	for (size_t i = 0; i < rw->sites.n; i++)
		if (!rw->sites.v[i].done)
			rw->sites.v[i].why = site_rewrite(rw, &rw->sites.v[i]);
	/* What is too short by itself finds more places once the others have left their spare
	 * bytes. */
	for (size_t i = 0; i < rw->sites.n; i++)
		if (!rw->sites.v[i].done)
			island_rewrite(rw, &rw->sites.v[i]);
	hops_share(rw);
	sites_report(rw);
}
