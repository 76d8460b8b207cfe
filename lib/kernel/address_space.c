/* The kernel floor's part of an address space: shared mappings, heap and scratch memory. */
#include "tracee/address_space.h"

#include "kernel/handler.h"
#include "util/array.h"

#include <stdlib.h>

static void space_copied(void *part)
{
	struct kernel_mm *s = part;

	s->shared = ARRAY_COPY(s->shared, s->nshared);
}

static void space_clear(void *part)
{
	free(((struct kernel_mm *)part)->shared);
}

struct kernel_mm *kernel_mm(const struct mm *mm)
{
	static const struct mm_part_kind kind = {sizeof(struct kernel_mm), space_copied,
						 space_clear};

	return mm_part(mm, &kind);
}

bool kernel_mm_counted(const struct mm *mm)
{
	return kernel_mm(mm)->counted;
}

uint64_t kernel_mm_brk(const struct mm *mm)
{
	return kernel_mm(mm)->brk;
}

void kernel_mm_set_brk(struct mm *mm, uint64_t brk)
{
	kernel_mm(mm)->brk = brk;
}

static void add_shared(struct kernel_mm *s, struct shared_map m)
{
	*ARRAY_ADD(s->shared, s->nshared) = m;
}

void kernel_mm_add_shared(struct mm *mm, struct shared_map m)
{
	add_shared(kernel_mm(mm), m);
}

bool kernel_mm_maps_object(const struct mm *mm, uint64_t object)
{
	const struct kernel_mm *s = kernel_mm(mm);

	for (size_t i = 0; i < s->nshared; i++)
		if (s->shared[i].object == object)
			return true;
	return false;
}

void kernel_mm_remove_shared(struct mm *mm, uint64_t start, uint64_t len)
{
	struct kernel_mm *s = kernel_mm(mm);
	struct shared_map *old = s->shared;
	size_t n = s->nshared, first = 0;
	uint64_t end = start + len;

	while (first < n && (old[first].start + old[first].len <= start || old[first].start >= end))
		first++;
	if (first == n)
		return;
	s->shared = NULL;
	s->nshared = 0;
	for (size_t i = 0; i < n; i++) {
		struct shared_map m = old[i], head = m, tail = m;
		uint64_t m_end = m.start + m.len;

		if (m_end <= start || m.start >= end) {
			add_shared(s, m);
			continue;
		}
		if (m.start < start) {
			head.len = start - m.start;
			add_shared(s, head);
		}
		if (m_end > end) {
			tail.start = end;
			tail.len = m_end - end;
			tail.offset += end - m.start;
			add_shared(s, tail);
		}
	}
	free(old);
}
