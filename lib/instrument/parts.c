/* Divides the functions of a file among threads.
 *
 * Threads share the maps of bits. A part begins at a function whose address begins a word of them,
 * so that no word describes instructions of two parts. Nothing of a part depends on what another
 * one does at the same time, so the result is always the same.
 */
#include "instrument/rewrite.h"
#include "util/alloc.h"
#include "util/thread.h"

#include <string.h>

enum { PART_BYTES = 1 << 20, WORD = 64 };

/* Whether a part can begin with function i. */
static bool begins_part(const struct rewrite *rw, size_t i, uint32_t last)
{
	uint32_t start = rw->funcs.v[i].start;

	return start - last >= PART_BYTES && start % WORD == 0 && rw->funcs.v[i - 1].end <= start;
}

static void part_add(struct rewrite *rw, struct parts *parts, size_t func)
{
	struct part *p = VEC_ADD(parts);

	*p = (struct part){
		.rw = {.from = parts->n == 1 ? 0 : rw->funcs.v[func].start,
		       .to = (uint32_t)rw->len},
		.from = func,
		.to = rw->funcs.n,
		.sites_at = parts->n == 1 ? 0 : rewrite_site_find(rw, rw->funcs.v[func].start),
		.sites_to = rw->sites.n,
		.index = parts->n - 1};
	if (parts->n == 1)
		return;
	p[-1].rw.to = p->rw.from;
	p[-1].to = func;
	p[-1].sites_to = p->sites_at;
}

/* A copy for the part's thread. */
static void part_begin(struct part *p, const struct rewrite *rw)
{
	uint32_t from = p->rw.from, to = p->rw.to;

	p->rw = *rw;
	p->rw.from = from;
	p->rw.to = to;
	p->rw.rep = &p->rep;
	p->rep = (struct instrument_report){.list = rw->rep->list};
	memset(&p->rw.em, 0, sizeof(p->rw.em));
	memset(&p->rw.sites, 0, sizeof(p->rw.sites));
	memset(&p->rw.syscalls, 0, sizeof(p->rw.syscalls));
	memset(&p->rw.blocks, 0, sizeof(p->rw.blocks));
	memset(&p->rw.jumps, 0, sizeof(p->rw.jumps));
	memset(&p->rw.pads, 0, sizeof(p->rw.pads));
	memset(&p->rw.refs, 0, sizeof(p->rw.refs));
	memset(&p->rw.text_patches, 0, sizeof(p->rw.text_patches));
}

void rewrite_parts_make(struct rewrite *rw, struct parts *parts)
{
	*parts = (struct parts){0};
	part_add(rw, parts, 0);
	for (size_t i = 1; i < rw->funcs.n; i++)
		if (begins_part(rw, i, parts->v[parts->n - 1].rw.from))
			part_add(rw, parts, i);
	for (size_t i = 0; i < parts->n; i++)
		part_begin(&parts->v[i], rw);
}

struct call {
	struct parts *parts;
	void (*fn)(struct part *p, void *ctx);
	void *ctx;
};

static void part_do(void *ctx, size_t i)
{
	const struct call *c = ctx;
	struct part *p = &c->parts->v[i];

	insn_decoders_open(&p->rw);
	c->fn(p, c->ctx);
	insn_decoders_close(&p->rw);
}

void rewrite_parts_each(struct rewrite *rw, struct parts *parts,
			void (*fn)(struct part *p, void *ctx), void *ctx)
{
	struct call c = {parts, fn, ctx};
	struct instrument_report *rep = rw->rep;

	if (rep->list) /* in order */
		for (size_t i = 0; i < parts->n; i++)
			part_do(&c, i);
	else
		threads_each(parts->n, part_do, &c);
	for (size_t i = 0; i < parts->n; i++) {
		struct instrument_report *part = &parts->v[i].rep;
		rep->functions_left += part->functions_left;
		rep->acyclic += part->acyclic;
		rep->cheap += part->cheap;
		*part = (struct instrument_report){.list = rep->list};
	}
}

void rewrite_parts_free(struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct rewrite *rw = &parts->v[i].rw;
		void *const all[] = {
			rw->sites.v,     rw->syscalls.v,   rw->blocks.v,     rw->jumps.v,
			rw->pads.v,      rw->refs.v,       rw->em.buf,       rw->text_patches.v,
			rw->em.fixups.v, rw->em.jumps.v,   rw->em.entries.v, rw->em.colds.v,
			rw->em.stops.v,  rw->em.origins.v, rw->em.moved.v,   rw->em.sites.v};
		for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++)
			free(all[k]);
	}
	free(parts->v);
}
