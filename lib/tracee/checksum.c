#include "tracee/task.h"

#include "util/util.h"

#include <string.h>
#include <sys/mman.h>

struct sum {
	struct task *t;
	uint64_t value;
	uint8_t page[PAGE];
};

/* FNV-1a over words, page by page. The sum of pages is plain addition, so that how a region is cut into mappings
 * does not matter. */
static uint64_t page_sum(uint64_t addr, const uint8_t *page)
{
	uint64_t h = 0xcbf29ce484222325u ^ addr, any = 0, w;

	for (size_t i = 0; i < PAGE; i += 8) {
		memcpy(&w, page + i, 8);
		any |= w;
		h = (h ^ w) * 0x100000001b3u;
		h ^= h >> 29;
	}
	return any ? h : 0;
}

static int add_pages(void *ctx, uint64_t start, uint64_t len)
{
	struct sum *s = ctx;

	for (uint64_t at = start; at < start + len; at += PAGE)
		if (!task_read_all(s->t, at, s->page, PAGE))
			s->value += page_sum(at, s->page);
	return 0;
}

int task_checksum(struct task *t, uint64_t *sum)
{
	struct sum s = {.t = t};
	struct maps_line l;
	struct maps_file *f = maps_open(t->tid);

	if (!f)
		return -1;
	while (maps_next(f, &l))
		/* Which pages of shared memory a task has touched differs between runs, so they cannot count. */
		if ((l.prot & PROT_WRITE) && !l.shared && !(l.start < AGENT_END && l.end > AGENT_ADDR))
			pagemap_each(t->tid, l.start, l.end, false, add_pages, &s);
	maps_close(f);
	*sum = s.value;
	return 0;
}
