/* The gaps between known functions: padding, data, and functions that no table describes, as in
 * stripped programs without frames. Such functions are found by their callers: from known functions
 * to those that they call, and so on. */
#include "instrument/rewrite.h"

#include <stddef.h>

enum {
	ROUNDS = 16,
	/* The longest jump inside a function. Longer ones are tail calls. */
	JUMP_MAX = 1 << 20
};

typedef void gap_fn(struct rewrite *rw, uint32_t start, uint32_t end, bool executed);

/* `executed`: the function before continues past its end. */
static void gaps_each(struct rewrite *rw, gap_fn *fn)
{
	size_t k = 0, nfuncs = rw->funcs.n;

	for (size_t i = 0; i < rw->sections.n; i++) {
		uint32_t at = rw->sections.v[i].start, end = rw->sections.v[i].end;
		bool falls = false;
		for (; k < nfuncs && rw->funcs.v[k].start < end; k++) {
			struct func f = rw->funcs.v[k];
			if (f.start > at)
				fn(rw, at, f.start, falls);
			falls = f.falls;
			at = f.end > at ? f.end : at;
		}
		if (at < end)
			fn(rw, at, end, falls);
	}
}

/* The end of padding. */
static uint32_t padding_end(const struct rewrite *rw, uint32_t at, uint32_t end, bool note,
			    struct rewrite *to)
{
	struct insn in;

	for (; at < end; at += in.len) {
		in.len = 1;
		if (rw->img[at] == 0)
			continue;
		if (!insn_decode(rw, at, end, &in) || !insn_is_padding(rw, &in))
			break;
		if (note)
			*VEC_ADD(&to->pads) = at;
	}
	return at;
}

/* Whether a function may begin there. A computed address may be that of data, so there the code
 * must look like a function. */
static bool is_entry(const struct rewrite *rw, uint32_t at)
{
	return bit_get(rw->strong, at) ||
	       (bit_get(rw->label, at) && insn_is_prologue(rw->img + at));
}

/* The end of a function that begins at `start`: after an instruction that never continues, if no
 * jump before goes beyond it. 0: it is no function. */
static uint32_t function_end(const struct rewrite *rw, uint32_t start, uint32_t end)
{
	uint32_t far = start;
	bool call = false;
	struct insn in;

	for (uint32_t at = start; at < end; at += in.len) {
		if (call && at > far && bit_get(rw->strong, at))
			return at;
		if (!insn_decode(rw, at, end, &in))
			return 0;
		if (in.rel_off && in.type != INSN_CALL && in.target > far && in.target < end &&
		    in.target - at <= JUMP_MAX)
			far = in.target;
		call = in.type == INSN_CALL || in.type == INSN_ICALL ||
		       (call && in.type == INSN_NOP);
		if (!insn_goes_on(&in) && at + in.len > far)
			return at + in.len;
	}
	return call ? end : 0;
}

/* Decodes what lies between known functions: bytes that are no instruction are skipped. */
struct sweep {
	uint32_t at;
	bool goes_on; /* the previous instruction continues to this one */
};

/* Whether a function can begin at `at`: an instruction begins there, and the previous one does not
 * continue to it. Otherwise a number only looks like its address. */
static bool stands_alone(struct rewrite *rw, struct sweep *s, uint32_t at, uint32_t end)
{
	struct insn in;

	while (s->at < at) {
		if (!insn_decode(rw, s->at, end, &in)) {
			s->at++;
			s->goes_on = rw->img[s->at - 1] != 0;
			continue;
		}
		s->goes_on = insn_goes_on(&in) && !insn_is_padding(rw, &in);
		s->at += in.len;
	}
	return s->at == at && !s->goes_on;
}

static void gap_explore(struct rewrite *rw, uint32_t start, uint32_t end, bool executed)
{
	struct sweep sweep = {.at = start, .goes_on = executed};

	for (uint32_t at = start; at < end; at++) {
		if (at % 64 == 0 && !rw->label[at / 64] && !rw->strong[at / 64]) {
			at += 63;
			continue;
		}
		uint32_t to = is_entry(rw, at) && stands_alone(rw, &sweep, at, end)
				      ? function_end(rw, at, end)
				      : 0;
		if (!to)
			continue;
		*VEC_ADD(&rw->funcs) = (struct func){.start = at, .end = to, .sweep = true};
		sweep = (struct sweep){.at = to};
		at = to - 1;
	}
}

/* In the rest of a gap only possible jump targets are marked. */
static void gap_close(struct rewrite *rw, uint32_t start, uint32_t end, bool executed)
{
	uint32_t at = padding_end(rw, start, end, !executed, rw);

	if (at == end)
		return;
	rewrite_bytes_mark(rw, at, end);
	if (rw->rep->list)
		fprintf(rw->rep->list, "%#lx-%#lx: gap: left alone: belongs to no function\n",
			rw->lo + at, rw->lo + end);
}

void rewrite_untabled_decode(struct rewrite *rw)
{
	for (unsigned round = 0; round < ROUNDS && !rw->why; round++) {
		size_t before = rw->funcs.n;
		rewrite_tables_mark(rw);
		gaps_each(rw, gap_explore);
		for (size_t i = before; i < rw->funcs.n; i++)
			rewrite_func_decode(rw, &rw->funcs.v[i]);
		if (rw->funcs.n == before)
			break;
		rewrite_funcs_order(rw);
		rewrite_sort(rw->sites.v, rw->sites.n, sizeof(*rw->sites.v),
			     offsetof(struct site, addr));
	}
	gaps_each(rw, gap_close);
	rw->rep->functions = rw->funcs.n;
}
