/* Which bytes are functions, and all of their instructions. */
#include "instrument/rewrite.h"

#include <string.h>

static int func_cmp(const void *a, const void *b)
{
	const struct func *x = a, *y = b;
	return x->start != y->start ? (x->start < y->start ? -1 : 1) : x->end < y->end ? -1 : x->end > y->end;
}

/* Sorts them and takes away what overlaps: the end of one is at most the start of the next. */
static void funcs_order(struct rewrite *rw)
{
	struct func *f = rw->funcs.v;
	size_t n = 0;

	if (!rw->funcs.n)
		return;
	qsort(f, rw->funcs.n, sizeof(*f), func_cmp);
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
}

struct func *func_at(const struct rewrite *rw, uint32_t addr)
{
	size_t lo = 0, hi = rw->funcs.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (rw->funcs.v[mid].end <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < rw->funcs.n && rw->funcs.v[lo].start <= addr ? &rw->funcs.v[lo] : NULL;
}

/* Symbols' functions where frames know none. */
static void funcs_add_symbols(struct rewrite *rw)
{
	struct rewrite syms = *rw;

	memset(&syms.funcs, 0, sizeof(syms.funcs));
	symbols_funcs(&syms);
	funcs_order(&syms);
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
	funcs_order(rw);
}

static bool is_plt(const char *name)
{
	return !strcmp(name, ".plt") || !strcmp(name, ".plt.got") || !strcmp(name, ".plt.sec") || !strcmp(name, ".iplt");
}

/* The procedure linkage table, and sections of which nothing is known. */
static void funcs_add_sections(struct rewrite *rw)
{
	size_t known = rw->funcs.n;

	for (unsigned i = 0; rw->sh && i < rw->eh.e_shnum; i++) {
		uint64_t at = rw->sh[i].sh_addr - rw->lo;
		uint64_t len = rw->sh[i].sh_size;
		if (is_plt(section_name(rw, &rw->sh[i])) && at < rw->len && len <= rw->len - at &&
		    rw->nplts < ARRAY_LEN(rw->plts))
			rw->plts[rw->nplts++] = (struct range){at, at + len};
	}
	for (size_t i = 0, k = 0; i < rw->sections.n; i++) {
		const struct range *r = &rw->sections.v[i];
		while (k < known && rw->funcs.v[k].end <= r->start)
			k++;
		if (r->start < r->end && (k == known || rw->funcs.v[k].start >= r->end))
			*VEC_ADD(&rw->funcs) = (struct func){.start = r->start, .end = r->end, .sweep = true};
	}
	funcs_order(rw);
}

void funcs_find(struct rewrite *rw)
{
	frames_read(rw);
	funcs_order(rw);
	funcs_add_symbols(rw);
	funcs_add_sections(rw);
}

bool in_plt(const struct rewrite *rw, uint32_t addr)
{
	for (unsigned i = 0; i < rw->nplts; i++)
		if (addr >= rw->plts[i].start && addr < rw->plts[i].end)
			return true;
	return false;
}

/* `sure`: the instruction is known to be one. */
static void jump_mark(struct rewrite *rw, int64_t to, bool sure)
{
	if (!in_text(rw, to))
		return;
	bit_set(rw->target, to);
	if (sure)
		bit_set(rw->strong, to);
}

/* What may be an absolute address in an instruction. */
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

/* What an instruction says about others. */
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
		if (in_text(rw, in->target))
			address_mark(rw, in->target);
		*VEC_ADD(&rw->refs) = in->target;
		f->own_lea |= in->target > f->start && in->target < f->end;
	}
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

/* Bytes of which it isn't known where instructions begin: whatever they may jump to is a target. */
static void bytes_mark(struct rewrite *rw, uint32_t start, uint32_t end)
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

/* Takes back what funcs_decode() believed of a function. */
static void func_leave(struct rewrite *rw, struct func *f, size_t nsites, size_t nsyscalls)
{
	f->left = true;
	rw->sites.n = nsites;
	rw->syscalls.n = nsyscalls;
	for (uint32_t at = f->start; at < f->end; at++)
		bit_clear(rw->start, at);
	bytes_mark(rw, f->start, f->end);
	rw->rep->functions_left++;
	if (rw->rep->list)
		fprintf(rw->rep->list, "%#lx-%#lx: function: left alone: does not decode\n", rw->lo + f->start,
			rw->lo + f->end);
}

static void func_decode(struct rewrite *rw, struct func *f)
{
	size_t nsites = rw->sites.n, nsyscalls = rw->syscalls.n;
	bool goes_on = true, call = false;
	struct insn in;

	f->falls = true;
	f->refs_from = rw->refs.n;
	for (uint32_t at = f->start; at < f->end; at += in.len) {
		if (!insn_decode(rw, at, f->end, &in)) {
			func_leave(rw, f, nsites, nsyscalls);
			return;
		}
		bit_set(rw->start, at);
		insn_mark(rw, f, &in, true);
		if (insn_is_site(&in))
			site_add(rw, &in);
		if (in.type == INSN_SYSCALL)
			*VEC_ADD(&rw->syscalls) = at;
		if (in.type == INSN_NOP || (rw->img[at] == 0xcc && !goes_on)) {
			if (!goes_on)
				*VEC_ADD(&rw->pads) = at;
			continue;
		}
		if (!goes_on)
			*VEC_ADD(&rw->blocks) = at;
		goes_on = insn_goes_on(&in);
		call = in.type == INSN_CALL || in.type == INSN_ICALL;
	}
	/* A call at the end does not return. */
	f->falls = goes_on && !call;
	f->refs_to = rw->refs.n;
}

/* Reports what lies between functions and isn't padding. Padding is executed if the function before falls into it. */
static void gap_decode(struct rewrite *rw, uint32_t start, uint32_t end, bool executed)
{
	struct insn in = {.len = 1};
	uint32_t at;

	for (at = start; at < end; at += in.len) {
		if (rw->img[at] == 0) {
			in.len = 1;
			continue;
		}
		if (!insn_decode(rw, at, end, &in) || (in.type != INSN_NOP && rw->img[at] != 0xcc))
			break;
		if (!executed)
			*VEC_ADD(&rw->pads) = at;
	}
	if (at >= end)
		return;
	bytes_mark(rw, at, end);
	if (rw->rep->list)
		fprintf(rw->rep->list, "%#lx-%#lx: gap: left alone: belongs to no function\n", rw->lo + at, rw->lo + end);
}

void funcs_decode(struct rewrite *rw)
{
	size_t k = 0;

	for (size_t i = 0; i < rw->sections.n; i++) {
		uint32_t at = rw->sections.v[i].start, end = rw->sections.v[i].end;
		bool falls = false;
		rw->rep->text_bytes += end - at;
		for (; k < rw->funcs.n && rw->funcs.v[k].start < end; k++) {
			struct func *f = &rw->funcs.v[k];
			if (f->start > at)
				gap_decode(rw, at, f->start, falls);
			func_decode(rw, f);
			falls = f->falls;
			at = f->end > at ? f->end : at;
		}
		if (at < end)
			gap_decode(rw, at, end, falls);
	}
	rw->rep->functions = rw->funcs.n;
}
