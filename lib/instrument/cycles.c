/* Which edges are counted: those that lie on a cycle.
 *
 * The promise is that no code runs forever without a counted edge. So a backward edge is counted
 * only if it is on a cycle, that is, if both its ends are in one strongly connected component.
 * There are two graphs:
 *
 * One of a function's blocks, for jumps inside it. Compilers put unlikely code after the rest and
 * jump back from it, which is no loop. Indirect jumps are left out, because all of them are
 * counted, so every other cycle consists of direct edges.
 *
 * One of functions, for calls and jumps between them. All functions that an indirect call may reach
 * (whose name is exported, or whose address is taken) are reached through one node that represents
 * the unknown. A call through the procedure linkage table goes through an indirect jump, which is
 * counted.
 *
 * Calls of and jumps to stubs (stubs.c) lead to the unknown, too, but only in the graph that
 * decides whether they are counted, because each that is on a cycle there counts itself.
 *
 * A cycle through the unknown may have no other edge that counts than its indirect call. That is
 * not counted itself: if it were displaced, its return address would be another, and without a real
 * call the processor would predict the return wrongly. Instead, the instruction before it counts,
 * on its way to the call; or the one after it, when there is none before it that nothing jumps
 * past.
 */
#include "instrument/rewrite.h"
#include "util/alloc.h"
#include "util/array.h"

#include <stddef.h>
#include <string.h>

/* A block of a function's instructions. */
struct block {
	uint32_t start;
	uint32_t to; /* the target of the jump that ends it, inside the function; 0: none */
	bool falls;  /* continues to the next block */
};

/* The state of a part. */
struct cycles {
	struct rewrite *rw;       /* the whole */
	VEC(struct block) blocks; /* of the current function */
	VEC(struct edge) edges;
	VEC(uint32_t) scc;
	const uint32_t *funcs_scc;
	const uint32_t *stubs_scc; /* the same, where calls of stubs lead to the unknown */
	bool stubs;                /* the edges of that graph are wanted */
};

static bool inside(const struct func *f, int64_t addr)
{
	return addr >= f->start && addr < f->end;
}

static uint32_t block_of(const struct cycles *c, uint32_t addr)
{
	size_t above = ARRAY_SEARCH(i, c->blocks.n, c->blocks.v[i].start > addr);

	return above ? above - 1 : 0;
}

static void block_begin(struct cycles *c, uint32_t at)
{
	if (!c->blocks.n || c->blocks.v[c->blocks.n - 1].start != at)
		*VEC_ADD(&c->blocks) = (struct block){.start = at, .falls = true};
}

/* Blocks begin at targets, and after jumps. */
static void blocks_find(struct cycles *c, const struct func *f)
{
	struct rewrite *rw = c->rw;
	struct insn in;

	c->blocks.n = 0;
	block_begin(c, f->start);
	for (uint32_t at = f->start; at < f->end; at++) {
		uint32_t flow = bits_next(rw->flow, at, f->end);
		while ((at = bits_next_both(rw->target, rw->start, at, f->end)) <= flow &&
		       at < f->end)
			block_begin(c, at++);
		if (flow == f->end || !insn_decode(rw, flow, f->end, &in))
			break;
		at = flow;
		struct block *b = &c->blocks.v[c->blocks.n - 1];
		if (insn_is_jump(&in) && inside(f, in.target))
			b->to = in.target;
		b->falls = insn_goes_on(&in);
		if ((insn_is_jump(&in) || !b->falls) && at + in.len < f->end)
			block_begin(c, at + in.len);
	}
}

static void blocks_join(struct cycles *c)
{
	c->edges.n = 0;
	for (size_t i = 0; i < c->blocks.n; i++) {
		const struct block *b = &c->blocks.v[i];
		if (b->to)
			*VEC_ADD(&c->edges) = (struct edge){i, block_of(c, b->to)};
		if (b->falls && i + 1 < c->blocks.n)
			*VEC_ADD(&c->edges) = (struct edge){i, i + 1};
	}
}

static void blocks_look(struct cycles *c, const struct func *f)
{
	blocks_find(c, f);
	blocks_join(c);
	c->scc.n = 0;
	memset(ARRAY_ADD_N(c->scc.v, c->scc.n, c->blocks.n), 0, c->blocks.n * sizeof(*c->scc.v));
	const struct graph g = {c->blocks.n, c->edges.n, c->edges.v};
	rewrite_scc_find(&g, c->scc.v);
}

static bool jump_on_cycle(const struct cycles *c, const struct site *s)
{
	uint32_t from = block_of(c, s->addr), to = block_of(c, s->target);

	return c->blocks.v[to].start != s->target || c->scc.v[from] == c->scc.v[to];
}

/* Adds the edges of one function to the graph of functions. Node 0 is the unknown, function i is
 * node i + 1. stubs: what leads to a stub leads to the unknown. */
static void func_edges(struct cycles *c, uint32_t i, bool stubs)
{
	struct rewrite *rw = c->rw;
	const struct func *f = &rw->funcs.v[i], *last = NULL;
	bool unknown = f->left || f->opaque, falls = true;
	struct insn in;

	for (uint32_t at = f->left ? f->end : bits_next(rw->flow, f->start, f->end); at < f->end;
	     at = bits_next(rw->flow, at + 1, f->end)) {
		if (!insn_decode(rw, at, f->end, &in))
			break;
		falls = at + in.len < f->end || insn_goes_on(&in);
		unknown |= in.type == INSN_ICALL;
		if ((!insn_is_jump(&in) && in.type != INSN_CALL) || inside(f, in.target))
			continue;
		const struct func *to =
			rewrite_in_text(rw, in.target) ? rewrite_func_at(rw, in.target) : NULL;
		unknown |= !to || (stubs && rewrite_to_stub(rw, &in));
		if (to && to != last)
			*VEC_ADD(&c->edges) =
				(struct edge){i + 1, (uint32_t)(to - rw->funcs.v) + 1};
		last = to;
	}
	if (unknown)
		*VEC_ADD(&c->edges) = (struct edge){i + 1, 0};
	if (falls && i + 1 < rw->funcs.n) /* a part of a function that continues in the next part */
		*VEC_ADD(&c->edges) = (struct edge){i + 1, i + 2};
}

static void part_edges(struct part *p, void *ctx)
{
	struct cycles *c = (struct cycles *)ctx + p->index;

	for (uint32_t i = p->from; i < p->to; i++)
		func_edges(c, i, c->stubs);
}

/* Returns the number of each function's component. cycles: of each part. */
static uint32_t *funcs_look(struct rewrite *rw, struct parts *parts, struct cycles *cycles,
			    bool stubs)
{
	uint32_t n = rw->funcs.n, *scc = xcalloc(n + 1, sizeof(*scc));
	VEC(struct edge) edges = {0};

	for (uint32_t i = 0; i < n; i++)
		if (rw->funcs.v[i].left || bit_get(rw->label, rw->funcs.v[i].start))
			*VEC_ADD(&edges) = (struct edge){0, i + 1};
	for (size_t i = 0; i < parts->n; i++)
		cycles[i].stubs = stubs;
	rewrite_parts_each(rw, parts, part_edges, cycles);
	for (size_t i = 0; i < parts->n; i++) {
		PARTS_APPEND(edges, cycles[i].edges);
		cycles[i].edges.n = 0;
	}
	const struct graph g = {n + 1, edges.n, edges.v};
	rewrite_scc_find(&g, scc);
	free(edges.v);
	return scc;
}

/* Whether a direct edge to another function, or a recursive call, is on a cycle. */
static bool edge_on_cycle(const struct cycles *c, const struct func *f, const struct site *s)
{
	const struct func *to = rewrite_func_at(c->rw, s->target);

	if (to && to->start == s->target && rewrite_is_stub(c->rw, to))
		return false; /* calls_find() adds a site for it */
	return !to || c->funcs_scc[f - c->rw->funcs.v + 1] == c->funcs_scc[to - c->rw->funcs.v + 1];
}

static bool site_on_cycle(struct cycles *c, const struct func *f, const struct site *s,
			  bool *looked)
{
	if (s->kind == CODE_INDIRECT)
		return !rewrite_is_stub(c->rw, f);
	if (s->kind != CODE_JUMP && s->kind != CODE_CALL)
		return true;
	if (s->kind == CODE_CALL || !inside(f, s->target))
		return edge_on_cycle(c, f, s);
	if (f->opaque)
		return true;
	if (!*looked)
		blocks_look(c, f);
	*looked = true;
	return jump_on_cycle(c, s);
}

static bool counts_next(const struct rewrite *rw, const struct insn *in)
{
	return (in->type == INSN_PLAIN || in->type == INSN_NOP) && insn_movable(rw, in) &&
	       in->len > 1; /* a short jump can take its place */
}

/* The instruction that counts for an indirect call. */
static bool beside_call(const struct rewrite *rw, const struct func *f, const struct insn *call,
			struct insn *in)
{
	if (!bit_get(rw->target, call->addr) && insn_before(rw, f, call->addr, in) &&
	    counts_next(rw, in))
		return true;
	return insn_decode(rw, call->addr + call->len, f->end, in) && counts_next(rw, in);
}

static void add_beside(struct rewrite *rw, const struct func *f, const struct insn *call,
		       uint32_t *last)
{
	struct insn in;

	if (!beside_call(rw, f, call, &in) || in.addr == *last)
		return;
	*last = in.addr;
	*VEC_ADD(&rw->sites) = (struct site){
		.addr = in.addr, .target = in.addr + in.len, .len = in.len, .kind = CODE_NEXT};
}

/* Adds sites for indirect calls of a function, and for its calls of and jumps to stubs. */
static void add_calls(struct rewrite *rw, const struct func *f, bool indirect, bool stubs)
{
	struct insn in;
	uint32_t last = 0;

	for (uint32_t at = f->start; (at = bits_next(rw->flow, at, f->end)) < f->end; at++) {
		if (!insn_decode(rw, at, f->end, &in))
			break;
		if (in.type == INSN_ICALL
			    ? indirect
			    : stubs && in.type == INSN_CALL && rewrite_to_stub(rw, &in))
			add_beside(rw, f, &in, &last);
		else if (stubs && insn_is_jump(&in) && rewrite_to_stub(rw, &in))
			*VEC_ADD(&rw->sites) = (struct site){.addr = in.addr,
							     .target = in.target,
							     .len = in.len,
							     .kind = CODE_JUMP};
	}
}

/* Adds sites for what is on a cycle through the unknown. */
static void calls_find(const struct cycles *c, struct part *p)
{
	struct rewrite *rw = &p->rw;

	for (size_t i = p->from; i < p->to; i++) {
		bool indirect = c->funcs_scc[i + 1] == c->funcs_scc[0];
		bool stubs = c->stubs_scc && c->stubs_scc[i + 1] == c->stubs_scc[0];
		if (!rw->funcs.v[i].left && (indirect || stubs))
			add_calls(rw, &rw->funcs.v[i], indirect, stubs);
	}
	rewrite_sort(rw->sites.v, rw->sites.n, sizeof(*rw->sites.v), offsetof(struct site, addr));
}

/* Finds the sites of a part that remain. */
static void part_sites(struct part *p, void *ctx)
{
	struct cycles *c = (struct cycles *)ctx + p->index;
	const struct site *sites = c->rw->sites.v;
	size_t k = p->sites_at;

	for (size_t i = p->from; i < p->to; i++) {
		const struct func *f = &c->rw->funcs.v[i];
		bool looked = false;
		for (; k < p->sites_to && sites[k].addr < f->end; k++) {
			if (sites[k].addr < f->start || site_on_cycle(c, f, &sites[k], &looked))
				*VEC_ADD(&p->rw.sites) = sites[k];
			else
				p->rep.acyclic++;
		}
	}
	for (; k < p->sites_to; k++)
		*VEC_ADD(&p->rw.sites) = sites[k];
	calls_find(c, p);
	free(c->blocks.v);
	free(c->edges.v);
	free(c->scc.v);
}

static bool has_stubs(const struct rewrite *rw)
{
	for (size_t i = 0; i < rw->funcs.n; i++)
		if (rewrite_is_stub(rw, &rw->funcs.v[i]))
			return true;
	return false;
}

void rewrite_cycles_find(struct rewrite *rw)
{
	struct parts parts;

	rewrite_parts_make(rw, &parts);
	struct cycles *cycles = xcalloc(parts.n, sizeof(*cycles));
	for (size_t i = 0; i < parts.n; i++)
		cycles[i].rw = rw;
	uint32_t *funcs_scc = funcs_look(rw, &parts, cycles, false);
	uint32_t *stubs_scc = has_stubs(rw) ? funcs_look(rw, &parts, cycles, true) : NULL;
	for (size_t i = 0; i < parts.n; i++) {
		cycles[i].funcs_scc = funcs_scc;
		cycles[i].stubs_scc = stubs_scc;
	}
	rewrite_parts_each(rw, &parts, part_sites, cycles);
	rw->sites.n = 0;
	for (size_t i = 0; i < parts.n; i++)
		PARTS_APPEND(rw->sites, parts.v[i].rw.sites);
	rewrite_parts_free(&parts);
	free(cycles);
	free(funcs_scc);
	free(stubs_scc);
}
