/* Decides how each site is rewritten. */
#include "arch/arch.h"
#include "instrument/rewrite.h"

static const char TOO_SHORT[] = "no room for a jump";

/* A direct jump or call with a 32-bit displacement needs only another displacement. */
static bool site_retarget(struct rewrite *rw, const struct insn *in)
{
	if (in->rel_size != 4 || in->odd || !rewrite_range_free(rw, in->addr, in->addr + in->len))
		return false;
	uint32_t at = rewrite_emit_count(rw, in);
	rewrite_text_patch_rel(rw, in->addr + in->rel_off, at);
	if (in->type == INSN_JMP)
		*VEC_ADD(&rw->em.entries) = (struct code_pair){in->addr, at};
	rewrite_range_take(rw, in->addr, in->addr + in->len);
	rewrite_sites_done(rw, in->addr, in->addr + in->len, TACTIC_LONG);
	return true;
}

/* Rewrites the site. NULL, or why it is left alone. */
static const char *site_rewrite(struct rewrite *rw, struct site *s)
{
	const struct func *f = rewrite_func_at(rw, s->addr);
	struct insn in;
	struct plan p;

	if (!f || !insn_decode(rw, s->addr, f->end, &in))
		return "no instruction";
	if (s->unreached)
		return "nothing reaches it";
	if (in.odd)
		return "odd prefixes";
	if (in.rel_off && !rewrite_in_text(rw, in.target))
		return "jumps out of the text";
	if (in.rel_size == 4 && !site_retarget(rw, &in))
		return "something jumps into it";
	if (in.rel_size == 4) {
		s->hop = in.type == INSN_JMP ? s->addr : 0;
		return NULL;
	}
	if (!insn_movable(rw, &in))
		return "cannot be displaced";
	if (in.len >= JUMP_LEN && rewrite_range_free(rw, in.addr, in.addr + in.len)) {
		p = (struct plan){
			.start = in.addr, .end = in.addr + in.len, .fill = in.addr + in.len};
		rewrite_group_apply(rw, &p, TACTIC_LONG);
		return NULL;
	}
	if (f->opaque)
		return "in a function with opaque jumps";
	if (!rewrite_group_plan(rw, f, &in, &p))
		return TOO_SHORT;
	rewrite_group_apply(rw, &p, TACTIC_GROUP);
	return NULL;
}

static const char *const KINDS[] = {
	[CODE_JUMP] = "jump",
	[CODE_CALL] = "call",
	[CODE_INDIRECT] = "indirect jump",
	[CODE_NEXT] = "beside an indirect call",
};

static const char *kind_name(uint8_t kind)
{
	return kind < CODE_NONDET ? KINDS[kind] : arch_nondet_name(kind - CODE_NONDET);
}

void rewrite_sites_report(struct rewrite *rw)
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

void rewrite_sites(struct rewrite *rw)
{
	for (size_t i = 0; i < rw->sites.n; i++)
		if (!rw->sites.v[i].done)
			rw->sites.v[i].why = site_rewrite(rw, &rw->sites.v[i]);
	/* Sites that are too short come last: rewriting the others leaves spare bytes. */
	for (size_t i = 0; i < rw->sites.n; i++)
		if (!rw->sites.v[i].done)
			rewrite_island(rw, &rw->sites.v[i]);
	rewrite_hops_share(rw);
}
