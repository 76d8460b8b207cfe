/* Jump tables, and addresses that only data holds. */
#include "instrument/rewrite.h"

#include <string.h>

/* The target of the entry at `at`, which is relative to `base`; 0: it is none. */
static uint32_t entry_target(const struct rewrite *rw, uint32_t base, uint32_t at)
{
	int32_t v;

	memcpy(&v, rw->img + at, 4);
	int64_t to = (int64_t)base + v;
	if (v == 0 || !in_text(rw, to))
		return 0;
	if (bit_get(rw->start, to))
		return to;
	const struct func *f = func_at(rw, to);
	return f && f->left ? to : 0;
}

/* Entries are read for as long as they can be ones, or until another table begins. */
static void table_mark(struct rewrite *rw, size_t ref)
{
	uint32_t base = rw->refs.v[ref], to;

	for (uint64_t at = base; at + 4 <= rw->len && rw->budget; at += 4, rw->budget--) {
		while (ref < rw->refs.n && rw->refs.v[ref] < at)
			ref++;
		if (at != base && ref < rw->refs.n && rw->refs.v[ref] == at && entry_target(rw, at, at))
			return;
		to = entry_target(rw, base, at);
		if (!to)
			return;
		label_mark(rw, to);
	}
}

/* Programs that are not moved have no relocations: any aligned word may be an address. */
static void words_mark(struct rewrite *rw, const struct range *r)
{
	for (uint64_t at = (r->start + 7) & ~7ul; at + 8 <= r->end; at += 8) {
		uint64_t to = elf_u64(rw, at) - rw->lo;
		if (to < rw->len && in_text(rw, to))
			label_mark(rw, to);
	}
}

static int u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

void tables_mark(struct rewrite *rw)
{
	uint32_t *refs = rw->refs.v;

	qsort(refs, rw->refs.n, sizeof(*refs), u32_cmp);
	for (size_t i = 0; i < rw->refs.n; i++)
		if (i == 0 || refs[i] != refs[i - 1])
			table_mark(rw, i);
	if (!rw->budget)
		rw->why = "endless tables";
	for (unsigned i = 0; rw->fixed && i < rw->nloads; i++)
		words_mark(rw, &rw->loads[i]);
}
