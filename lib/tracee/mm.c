#include "tracee/task.h"
#include "util/array.h"
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
	copy->shared = ARRAY_COPY(mm->shared, mm->nshared);
	copy->code.v = ARRAY_COPY(mm->code.v, mm->code.n);
	copy->planted = ARRAY_COPY(mm->planted, mm->nplanted);
	copy->guards = ARRAY_COPY(mm->guards, mm->nguards);
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
	*ARRAY_ADD(mm->shared, mm->nshared) = m;
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
