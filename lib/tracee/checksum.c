#include "tracee/address_space.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"
#include "tracee/task.h"
#include "util/alloc.h"
#include "util/size.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Bytes below a stack pointer that are taken to be dead if the bounds of the stack are not known,
 * as for threads and coroutines. */
#define DEAD_MAX (1u << 20)

struct sum {
	struct task *t;
	const uint64_t (*dead)[2]; /* dead ranges of this mapping */
	size_t ndead;
	uint64_t value;
	uint8_t page[PAGE];
};

/* FNV-1a over words, page by page. Pages are summed by plain addition, so it does not matter how a
 * region is divided into mappings. */
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

static void clear_dead(struct sum *s, uint64_t at)
{
	for (size_t i = 0; i < s->ndead; i++) {
		uint64_t from = s->dead[i][0] > at ? s->dead[i][0] : at;
		uint64_t to = s->dead[i][1] < at + PAGE ? s->dead[i][1] : at + PAGE;
		if (from < to)
			memset(s->page + (from - at), 0, to - from);
	}
}

static int add_pages(void *ctx, uint64_t start, uint64_t len)
{
	struct sum *s = ctx;

	for (uint64_t at = start; at < start + len; at += PAGE) {
		if (task_read_all(s->t, at, s->page, PAGE))
			continue;
		clear_dead(s, at);
		s->value += page_sum(at, s->page);
	}
	return 0;
}

int task_checksum(struct task *t, const uint64_t *sps, size_t nsps, uint64_t *sum)
{
	uint64_t(*dead)[2] = xcalloc(nsps, sizeof(*dead));
	struct sum s = {.t = t, .dead = (const uint64_t(*)[2])dead};
	struct maps_line l;
	struct maps_file *f = maps_open(t->tid);

	if (!f) {
		free(dead);
		return -1;
	}
	while (maps_next(f, &l)) {
		/* Not shared memory: which of its pages a task has touched differs between runs. */
		if (!(l.prot & PROT_WRITE) || l.shared ||
		    (l.start < SCRATCH_END && l.end > AGENT_ADDR))
			continue;
		bool main_stack = l.start <= t->mm->stack && t->mm->stack < l.end;
		s.ndead = 0;
		for (size_t i = 0; i < nsps; i++) {
			if (sps[i] < l.start || sps[i] >= l.end)
				continue;
			uint64_t to = sps[i] - ARCH_RED_ZONE, from = l.start;
			if (!main_stack && to > DEAD_MAX && to - DEAD_MAX > from)
				from = to - DEAD_MAX;
			dead[s.ndead][0] = from;
			dead[s.ndead++][1] = to;
		}
		pagemap_each(t->tid, l.start, l.end, false, add_pages, &s);
	}
	maps_close(f);
	free(dead);
	*sum = s.value;
	return 0;
}
