/* Keeps track of which bytes of the text are rewritten, which are free, and which sites are
 * done. */
#include "instrument/rewrite.h"
#include "util/array.h"

bool rewrite_range_free(const struct rewrite *rw, uint32_t start, uint32_t end)
{
	return bits_next(rw->taken, start, end) >= end &&
	       bits_next(rw->target, start + 1, end) >= end;
}

void rewrite_range_take(struct rewrite *rw, uint32_t start, uint32_t end)
{
	bits_set(rw->taken, start, end);
	bits_clear(rw->spare, start, end);
}

void rewrite_bytes_free(struct rewrite *rw, uint32_t start, uint32_t end)
{
	rewrite_text_fill(rw, start, end);
	bits_set(rw->spare, start, end);
}

uint32_t rewrite_spare_end(const struct rewrite *rw, uint32_t addr, uint32_t want)
{
	if (want > rw->to)
		want = rw->to;
	while (addr < want && bit_get(rw->spare, addr))
		addr++;
	return addr;
}

size_t rewrite_site_find(const struct rewrite *rw, uint32_t addr)
{
	return ARRAY_SEARCH(i, rw->sites.n, rw->sites.v[i].addr >= addr);
}

void rewrite_sites_done(struct rewrite *rw, uint32_t start, uint32_t end, enum tactic tactic)
{
	for (size_t i = rewrite_site_find(rw, start); i < rw->sites.n && rw->sites.v[i].addr < end;
	     i++) {
		rw->sites.v[i].done = true;
		rw->sites.v[i].tactic = tactic;
	}
}
