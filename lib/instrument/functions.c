/* Finds the functions, and decodes all of their instructions. */
#include "instrument/rewrite.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/size.h"

#include <stddef.h>
#include <string.h>

/* Sections up to this length, like .init, are decoded from their start even if nothing names
 * functions in them. */
enum { SWEEP_MAX = 256 };

enum { INDEX_BYTES = 256 };

void rewrite_funcs_index(struct rewrite *rw)
{
	size_t blocks = rw->len / INDEX_BYTES + 1, i = 0;

	if (!rw->func_index)
		rw->func_index = xmalloc(blocks * sizeof(*rw->func_index));
	for (size_t b = 0; b < blocks; b++) {
		while (i < rw->funcs.n && rw->funcs.v[i].end <= b * INDEX_BYTES)
			i++;
		rw->func_index[b] = i;
	}
}

void rewrite_funcs_order(struct rewrite *rw)
{
	struct func *f = rw->funcs.v;
	size_t n = 0;

	rewrite_sort(f, rw->funcs.n, sizeof(*f), offsetof(struct func, end));
	rewrite_sort(f, rw->funcs.n, sizeof(*f), offsetof(struct func, start));
	for (size_t i = 0; i < rw->funcs.n; i++) {
		target_mark(rw, f[i].start);
		if (n && f[n - 1].start == f[i].start)
			f[n - 1].end = f[i].end;
		else
			f[n++] = f[i];
	}
	rw->funcs.n = n;
	for (size_t i = 0; i + 1 < n; i++)
		if (f[i].end > f[i + 1].start)
			f[i].end = f[i + 1].start;
	rewrite_funcs_index(rw);
}

struct func *rewrite_func_at(const struct rewrite *rw, uint32_t addr)
{
	size_t at = addr < rw->len ? rw->func_index[addr / INDEX_BYTES] : rw->funcs.n;

	while (at < rw->funcs.n && rw->funcs.v[at].end <= addr)
		at++;
	return at < rw->funcs.n && rw->funcs.v[at].start <= addr ? &rw->funcs.v[at] : NULL;
}

/* Adds functions of symbols and of Go's own table where frames name none. */
static void funcs_add_symbols(struct rewrite *rw)
{
	struct rewrite syms = *rw;

	memset(&syms.funcs, 0, sizeof(syms.funcs));
	rewrite_symbols_funcs(&syms);
	rewrite_go_table_funcs(&syms);
	rewrite_funcs_order(&syms);
	size_t known = rw->funcs.n;
	for (size_t i = 0, k = 0; i < syms.funcs.n; i++) {
		struct func f = syms.funcs.v[i];
		while (k < known && rw->funcs.v[k].end <= f.start)
			k++;
		if (k < known && rw->funcs.v[k].start <= f.start)
			continue;
		if (k < known && rw->funcs.v[k].start < f.end)
			f.end = rw->funcs.v[k].start;
		*VEC_ADD(&rw->funcs) = f;
	}
	free(syms.funcs.v);
	rw->func_index = syms.func_index;
	rewrite_funcs_order(rw);
}

bool rewrite_in_plt(const struct rewrite *rw, uint32_t addr)
{
	for (unsigned i = 0; i < rw->nplts; i++)
		if (addr >= rw->plts[i].start && addr < rw->plts[i].end)
			return true;
	return false;
}

static bool is_plt(const char *name)
{
	return !strcmp(name, ".plt") || !strcmp(name, ".plt.got") || !strcmp(name, ".plt.sec") ||
	       !strcmp(name, ".iplt");
}

/* Adds the procedure linkage table, and sections in which no function is known. */
static void funcs_add_sections(struct rewrite *rw)
{
	size_t known = rw->funcs.n;

	for (unsigned i = 0; rw->sh && i < rw->eh.e_shnum; i++) {
		uint64_t at = rw->sh[i].sh_addr - rw->lo;
		uint64_t len = rw->sh[i].sh_size;
		if (is_plt(rewrite_section_name(rw, &rw->sh[i])) && at < rw->len &&
		    len <= rw->len - at && rw->nplts < ARRAY_LEN(rw->plts))
			rw->plts[rw->nplts++] = (struct range){at, at + len};
	}
	for (size_t i = 0, k = 0; i < rw->sections.n; i++) {
		const struct range *r = &rw->sections.v[i];
		while (k < known && rw->funcs.v[k].end <= r->start)
			k++;
		if (r->start < r->end && (k == known || rw->funcs.v[k].start >= r->end))
			if (r->end - r->start <= SWEEP_MAX || rewrite_in_plt(rw, r->start))
				*VEC_ADD(&rw->funcs) = (struct func){
					.start = r->start, .end = r->end, .sweep = true};
	}
	rewrite_funcs_order(rw);
}

void rewrite_funcs_find(struct rewrite *rw)
{
	rewrite_frames_read(rw);
	rewrite_funcs_order(rw);
	funcs_add_symbols(rw);
	funcs_add_sections(rw);
}

/* sure: the jump is certainly an instruction, once its whole function has been decoded. */
static void jump_mark(struct rewrite *rw, int64_t to, bool sure)
{
	if (!rewrite_in_text(rw, to))
		return;
	bit_set(rw->target, to);
	if (sure)
		*VEC_ADD(&rw->jumps) = to;
}

/* Marks values in an instruction that may be absolute addresses. */
static void absolute_mark(struct rewrite *rw, const struct insn *in)
{
	for (unsigned i = 0; i < ARRAY_LEN(in->abs_off) && in->abs_off[i]; i++) {
		int32_t v;
		memcpy(&v, rw->img + in->addr + in->abs_off[i], 4);
		int64_t addr = (int64_t)v - (int64_t)rw->lo;
		if (addr < 0 || addr >= (int64_t)rw->len)
			continue;
		*VEC_ADD(&rw->refs) = addr;
	}
}

#define OPERAND_MAX 32 /* bytes of a vector register */

/* Some code is read as data: constants between functions, and numbers inside instructions (V8 loads
 * a constant from inside another instruction). They are not rewritten. */
static void data_mark(struct rewrite *rw, uint32_t addr)
{
	uint32_t end = addr;

	while (end - addr < OPERAND_MAX && rewrite_in_text(rw, end))
		end++;
	rewrite_range_take(rw, addr, end);
}

/* Marks what an instruction says about others. */
static void insn_mark(struct rewrite *rw, struct func *f, const struct insn *in, bool sure)
{
	switch (in->type) {
	case INSN_JCC:
	case INSN_LOOP:
	case INSN_JMP: jump_mark(rw, in->target, sure); break;
	case INSN_CALL: jump_mark(rw, in->target, sure); /* fall through */
	case INSN_ICALL:
	case INSN_SYSCALL: jump_mark(rw, in->addr + in->len, sure); break;
	case INSN_FIXED:
		if (in->rel_off)
			jump_mark(rw, in->target, sure);
		break;
	case INSN_IJMP:
		f->indirect = true;
		f->jumps |= in->reg_jump;
		break;
	}
	if (in->lea && in->target >= 0 && in->target < (int64_t)rw->len) {
		if (rewrite_in_text(rw, in->target))
			address_mark(rw, in->target);
		*VEC_ADD(&rw->refs) = in->target;
		f->own_lea |= in->target > f->start && in->target < f->end;
	}
	if (in->disp_off && !in->lea && rewrite_in_text(rw, in->target))
		data_mark(rw, in->target);
	absolute_mark(rw, in);
}

static void site_add(struct rewrite *rw, const struct insn *in)
{
	struct site *s = VEC_ADD(&rw->sites);

	*s = (struct site){.addr = in->addr, .len = in->len};
	s->target = in->target;
	switch (in->type) {
	case INSN_CALL: s->kind = CODE_CALL; break;
	case INSN_IJMP:
		s->kind = CODE_INDIRECT;
		s->target = 0;
		break;
	case INSN_HOOK:
		s->kind = in->kind;
		s->target = in->addr + in->len;
		break;
	default: s->kind = CODE_JUMP;
	}
}

void rewrite_bytes_mark(struct rewrite *rw, uint32_t start, uint32_t end)
{
	struct func f = {.start = start, .end = end};
	struct insn in;

	for (uint32_t at = start; at < end; at += in.len) {
		if (insn_decode(rw, at, end, &in))
			insn_mark(rw, &f, &in, false);
		else
			in.len = 1;
	}
}

/* The state before rewrite_func_decode(), which restores it if the function does not decode. */
struct mark {
	size_t sites, syscalls, blocks, pads;
};

static struct mark mark_now(const struct rewrite *rw)
{
	return (struct mark){rw->sites.n, rw->syscalls.n, rw->blocks.n, rw->pads.n};
}

static void func_leave(struct rewrite *rw, struct func *f, const struct mark *m)
{
	f->left = true;
	rw->sites.n = m->sites;
	rw->syscalls.n = m->syscalls;
	rw->blocks.n = m->blocks;
	rw->pads.n = m->pads;
	bits_clear(rw->start, f->start, f->end);
	bits_clear(rw->flow, f->start, f->end);
	if (f->sweep) /* the function was only a guess */
		return;
	rewrite_bytes_mark(rw, f->start, f->end);
	rw->rep->functions_left++;
	if (rw->rep->list)
		fprintf(rw->rep->list, "%#lx-%#lx: function: left alone: does not decode\n",
			rw->lo + f->start, rw->lo + f->end);
}

/* Adds an instruction. goes_on: the previous one continues to it. */
static void insn_add(struct rewrite *rw, const struct insn *in, bool goes_on)
{
	bit_set_own(rw->start, in->addr);
	if (insn_is_flow(in))
		bit_set_own(rw->flow, in->addr);
	if (insn_is_site(in))
		site_add(rw, in);
	if (in->type == INSN_SYSCALL)
		*VEC_ADD(&rw->syscalls) = in->addr;
	if (!goes_on && insn_is_padding(rw, in))
		*VEC_ADD(&rw->pads) = in->addr;
	else if (!goes_on)
		*VEC_ADD(&rw->blocks) = in->addr;
}

void rewrite_func_decode(struct rewrite *rw, struct func *f)
{
	struct mark before = mark_now(rw);
	bool goes_on = true, call = false;
	struct insn in;

	rewrite_stub_cut(rw, f);
	f->falls = true;
	f->refs_from = rw->refs.n;
	rw->jumps.n = 0;
	for (uint32_t at = f->start; at < f->end; at += in.len) {
		if (!insn_decode(rw, at, f->end, &in)) {
			func_leave(rw, f, &before);
			return;
		}
		insn_mark(rw, f, &in, true);
		insn_add(rw, &in, goes_on);
		if (in.type == INSN_NOP || (!goes_on && insn_is_padding(rw, &in)))
			continue;
		goes_on = insn_goes_on(&in);
		call = in.type == INSN_CALL || in.type == INSN_ICALL;
	}
	for (size_t i = 0; i < rw->jumps.n; i++)
		bit_set(rw->strong, rw->jumps.v[i]);
	/* A call at the end of a function does not return. */
	f->falls = goes_on && !call;
	f->refs_to = rw->refs.n;
}

static void part_decode(struct part *p, void *unused)
{
	(void)unused;
	for (size_t i = p->from; i < p->to; i++) {
		struct func f = p->rw.funcs.v[i];
		rewrite_func_decode(&p->rw, &f);
		p->rw.funcs.v[i] = f;
	}
}

/* Takes what a part has found, after the parts before it. */
static void part_take(struct rewrite *rw, const struct part *p)
{
	for (size_t i = p->from; i < p->to; i++) {
		rw->funcs.v[i].refs_from += rw->refs.n;
		rw->funcs.v[i].refs_to += rw->refs.n;
	}
	PARTS_APPEND(rw->sites, p->rw.sites);
	PARTS_APPEND(rw->syscalls, p->rw.syscalls);
	PARTS_APPEND(rw->blocks, p->rw.blocks);
	PARTS_APPEND(rw->pads, p->rw.pads);
	PARTS_APPEND(rw->refs, p->rw.refs);
}

void rewrite_funcs_decode(struct rewrite *rw)
{
	struct parts parts;
	size_t n = 0;

	for (size_t i = 0; i < rw->sections.n; i++)
		rw->rep->text_bytes += rw->sections.v[i].end - rw->sections.v[i].start;
	rewrite_parts_make(rw, &parts);
	rewrite_parts_each(rw, &parts, part_decode, NULL);
	for (size_t i = 0; i < parts.n; i++)
		part_take(rw, &parts.v[i]);
	rewrite_parts_free(&parts);
	for (size_t i = 0; i < rw->funcs.n; i++) {
		struct func f = rw->funcs.v[i];
		if (!f.left || !f.sweep)
			rw->funcs.v[n++] = f;
	}
	rw->funcs.n = n;
	rewrite_funcs_index(rw);
}
