#include "tracee/task.h"
#include "util/util.h"

#include <stdlib.h>
#include <string.h>

struct mm *mm_new(void)
{
	struct mm *mm = xcalloc(1, sizeof(*mm));

	mm->refs = 1;
	return mm;
}

struct mm *mm_fork(const struct mm *mm)
{
	struct mm *copy = xmalloc(sizeof(*copy));

	*copy = *mm;
	copy->refs = 1;
	copy->shared = xmalloc(mm->nshared * sizeof(*mm->shared));
	if (mm->nshared)
		memcpy(copy->shared, mm->shared, mm->nshared * sizeof(*mm->shared));
	copy->code.v = xmalloc(mm->code.n * sizeof(*mm->code.v));
	if (mm->code.n)
		memcpy(copy->code.v, mm->code.v, mm->code.n * sizeof(*mm->code.v));
	copy->planted = xmalloc(mm->nplanted * sizeof(*mm->planted));
	if (mm->nplanted)
		memcpy(copy->planted, mm->planted, mm->nplanted * sizeof(*mm->planted));
	copy->guards = xmalloc(mm->nguards * sizeof(*mm->guards));
	if (mm->nguards)
		memcpy(copy->guards, mm->guards, mm->nguards * sizeof(*mm->guards));
	return copy;
}

struct mm *mm_get(struct mm *mm)
{
	mm->refs++;
	return mm;
}

void mm_put(struct mm *mm)
{
	if (mm && --mm->refs == 0) {
		free(mm->shared);
		free(mm->code.v);
		free(mm->planted);
		free(mm->guards);
		free(mm);
	}
}

void mm_add_shared(struct mm *mm, struct shared_map m)
{
	mm->shared = xrealloc(mm->shared, (mm->nshared + 1) * sizeof(*mm->shared));
	mm->shared[mm->nshared++] = m;
}

bool mm_maps_object(const struct mm *mm, uint64_t object)
{
	for (size_t i = 0; i < mm->nshared; i++)
		if (mm->shared[i].object == object)
			return true;
	return false;
}

void mm_remove_shared(struct mm *mm, uint64_t start, uint64_t len)
{
	struct shared_map *old = mm->shared;
	size_t n = mm->nshared, first = 0;
	uint64_t end = start + len;

	while (first < n && (old[first].start + old[first].len <= start || old[first].start >= end))
		first++;
	if (first == n)
		return;
	mm->shared = NULL;
	mm->nshared = 0;
	for (size_t i = 0; i < n; i++) {
		struct shared_map m = old[i], head = m, tail = m;
		uint64_t m_end = m.start + m.len;

		if (m_end <= start || m.start >= end) {
			mm_add_shared(mm, m);
			continue;
		}
		if (m.start < start) {
			head.len = start - m.start;
			mm_add_shared(mm, head);
		}
		if (m_end > end) {
			tail.start = end;
			tail.len = m_end - end;
			tail.offset += end - m.start;
			mm_add_shared(mm, tail);
		}
	}
	free(old);
}
