/* Finds jump targets that only data names: jump tables and addresses. */
#include "instrument/rewrite.h"
#include "util/alloc.h"
#include "util/array.h"

#include <string.h>

/* Whether an instruction may begin there. */
static bool may_begin(const struct rewrite *rw, int64_t addr)
{
	if (!rewrite_in_text(rw, addr))
		return false;
	if (bit_get(rw->start, addr))
		return true;
	const struct func *f = rewrite_func_at(rw, addr);
	return f && f->left;
}

/* The target of the table entry at `at`, which is relative to `base`; 0: it is no entry. */
static uint32_t entry_target(const struct rewrite *rw, uint32_t base, uint32_t at)
{
	int32_t v;

	if (at + 4 > rw->len)
		return 0;
	memcpy(&v, rw->img + at, 4);
	return v != 0 && may_begin(rw, (int64_t)base + v) ? base + v : 0;
}

/* Reads entries as long as they are plausible, and until another table begins. Bytes that are
 * certainly entries are not rewritten. */
static void table_mark(struct rewrite *rw, const uint32_t *refs, size_t nrefs, size_t ref)
{
	uint32_t base = refs[ref], at = base, to;

	for (; at + 4ull <= rw->len && rw->budget; at += 4, rw->budget--) {
		while (ref < nrefs && refs[ref] < at)
			ref++;
		if (at != base && ref < nrefs && refs[ref] == at && entry_target(rw, at, at))
			break;
		to = entry_target(rw, base, at);
		if (!to)
			break;
		label_mark(rw, to);
	}
	if (at - base > 4 && rewrite_in_text(rw, base) && !bit_get(rw->strong, base))
		rewrite_range_take(rw, base, at);
}

/* The end of the zero words that begin at `at`. */
static uint32_t zeros_end(const struct rewrite *rw, uint32_t at)
{
	uint64_t two;
	uint32_t one;

	for (; at + 8ull <= rw->len; at += 8) {
		memcpy(&two, rw->img + at, 8);
		if (two)
			break;
	}
	for (; at + 4ull <= rw->len; at += 4) {
		memcpy(&one, rw->img + at, 4);
		if (one)
			break;
	}
	return at;
}

/* Marks the targets of a table of distances from `base`, which is in the function. Those before
 * `at` are zero. Fewer than four are taken for coincidence. *seen: the end of the distances from
 * this base that were marked already, from an address at or below `at`. */
static void distances_mark(struct rewrite *rw, struct func *f, uint32_t base, uint32_t table,
			   uint32_t at, uint32_t *seen)
{
	if (at < *seen)
		at = *seen;
	while (at + 4ull <= rw->len && rw->budget) {
		int32_t v;
		memcpy(&v, rw->img + at, 4);
		int64_t to = (int64_t)base + v;
		if (to < f->start || to >= f->end || !bit_get(rw->start, to))
			break;
		label_mark(rw, to);
		at = v ? at + 4 : zeros_end(rw, at);
		rw->budget--;
	}
	*seen = at;
	f->tables |= at - table >= 16;
}

/* The addresses that the function names, sorted, without duplicates; *n of them. To be freed. */
static uint32_t *func_refs(const struct rewrite *rw, const struct func *f, size_t *n)
{
	size_t all = f->refs_to > f->refs_from ? f->refs_to - f->refs_from : 0;
	uint32_t *v = xmalloc(all * sizeof(*v) + 1);

	if (all)
		memcpy(v, rw->refs.v + f->refs_from, all * sizeof(*v));
	rewrite_sort(v, all, sizeof(*v), 0);
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (!*n || v[*n - 1] != v[i])
			v[(*n)++] = v[i];
	return v;
}

/* The index of the first that is `value` or more. */
static size_t lower_bound(const uint32_t *v, size_t n, int64_t value)
{
	return ARRAY_SEARCH(i, n, v[i] >= value);
}

/* Marks every possible base, because distances of zero lead to the base itself. */
static void bases_mark(struct rewrite *rw, struct func *f, const uint32_t *refs, size_t n,
		       bool table)
{
	for (size_t b = lower_bound(refs, n, f->start + 1ll); b < n && refs[b] < f->end; b++)
		if (bit_get(rw->start, refs[b])) {
			label_mark(rw, refs[b]);
			f->tables |= table;
		}
}

/* GCC's computed gotos by tables of `&&label - &&base`. Any address in the function may be the base
 * of any data that it names. Only those bases are tried from which the first nonzero distance leads
 * into the function. */
static void func_tables_mark(struct rewrite *rw, struct func *f)
{
	size_t n;
	uint32_t *refs = func_refs(rw, f, &n), zeros = 0;
	/* for each base and each alignment of tables */
	uint32_t *seen = xcalloc(4 * n + 1, sizeof(*seen));
	bool marked = false;

	for (size_t d = 0; d < n && rw->budget; d++, rw->budget--) {
		uint32_t at = refs[d];
		int32_t v;
		if (at + 4ull > rw->len || bit_get(rw->start, at))
			continue;
		if (at >= zeros)
			zeros = zeros_end(rw, at);
		bool empty = zeros >= at + 4;
		if (empty && (!marked || (!f->tables && zeros - at >= 16))) {
			bases_mark(rw, f, refs, n, zeros - at >= 16);
			marked = true;
		}
		at += (zeros - at) & ~3u;
		if (at + 4ull > rw->len)
			continue;
		memcpy(&v, rw->img + at, 4);
		int64_t from = f->start - (int64_t)v, to = f->end - (int64_t)v;
		for (size_t b = lower_bound(refs, n, from > f->start ? from : f->start + 1ll);
		     b < n && refs[b] < to && refs[b] < f->end && rw->budget; b++)
			if (!empty || bit_get(rw->start, refs[b]))
				distances_mark(rw, f, refs[b], refs[d], at, &seen[4 * b + at % 4]);
	}
	free(seen);
	free(refs);
}

/* Tables of a function whose end was guessed: targets between that end and the next function belong
 * to it. */
static void gap_tables_mark(struct rewrite *rw, const struct func *f, uint32_t limit)
{
	for (uint32_t r = f->refs_from; r < f->refs_to; r++) {
		uint32_t base = rw->refs.v[r];
		for (uint32_t at = base; at + 4ull <= rw->len && rw->budget;
		     at += 4, rw->budget--) {
			int32_t v;
			memcpy(&v, rw->img + at, 4);
			int64_t to = (int64_t)base + v;
			if (v == 0 || to <= f->start || to >= limit ||
			    (to < f->end && !bit_get(rw->start, to)))
				break;
			label_mark(rw, to);
		}
	}
}

/* Programs with a fixed address have no relocations: any aligned word may be an address. */
static void words_mark(struct rewrite *rw, const struct range *r)
{
	for (uint64_t at = (r->start + 7) & ~7ul; at + 8 <= r->end; at += 8) {
		uint64_t to = rewrite_elf_u64(rw, at) - rw->lo;
		if (to < rw->len && rewrite_in_text(rw, to) &&
		    (may_begin(rw, to) || !rewrite_func_at(rw, to)))
			label_mark(rw, to);
	}
}

bool rewrite_table_at(const struct rewrite *rw, uint32_t addr)
{
	return entry_target(rw, addr, addr) && entry_target(rw, addr, addr + 4);
}

/* Tables of distances from themselves, at any address that code names. */
static void refs_mark(struct rewrite *rw)
{
	size_t n = rw->refs.n;
	uint32_t *refs = xmalloc(n * sizeof(*refs) + 1);

	if (n)
		memcpy(refs, rw->refs.v, n * sizeof(*refs));
	rewrite_sort(refs, n, sizeof(*refs), 0);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && refs[i] == refs[i - 1])
			continue;
		if (rw->fixed && rewrite_in_text(rw, refs[i]) &&
		    (may_begin(rw, refs[i]) || !rewrite_func_at(rw, refs[i])))
			address_mark(rw, refs[i]);
		table_mark(rw, refs, n, i);
	}
	free(refs);
}

void rewrite_tables_mark(struct rewrite *rw)
{
	if (rw->refs.n)
		refs_mark(rw);
	for (size_t i = 0; i < rw->funcs.n; i++)
		if (rw->funcs.v[i].jumps && rw->funcs.v[i].own_lea && !rw->funcs.v[i].looked) {
			func_tables_mark(rw, &rw->funcs.v[i]);
			rw->funcs.v[i].looked = true;
		}
	for (size_t i = 0; i < rw->funcs.n; i++) {
		uint32_t limit =
			i + 1 < rw->funcs.n ? rw->funcs.v[i + 1].start : rw->funcs.v[i].end;
		if (rw->funcs.v[i].sweep && rw->funcs.v[i].indirect)
			gap_tables_mark(rw, &rw->funcs.v[i], limit);
	}
	if (!rw->budget)
		rw->why = "endless tables";
	for (unsigned i = 0; rw->fixed && i < rw->nloads; i++)
		words_mark(rw, &rw->loads[i]);
}
