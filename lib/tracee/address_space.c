#include "tracee/address_space.h"

#include "tracee/breakpoints.h"
#include "util/alloc.h"
#include "util/array.h"

#include <stdlib.h>
#include <string.h>

struct mm_parts {
	struct mm_part {
		const struct mm_part_kind *kind;
		void *bytes;
	} * v;
	size_t n;
};

struct mm *mm_new(void)
{
	struct mm *mm = xcalloc(1, sizeof(*mm));

	mm->refs = 1;
	mm->parts = xcalloc(1, sizeof(*mm->parts));
	return mm;
}

static void part_add(struct mm_parts *p, const struct mm_part_kind *kind, void *bytes)
{
	*ARRAY_ADD(p->v, p->n) = (struct mm_part){kind, bytes};
}

void *mm_part(const struct mm *mm, const struct mm_part_kind *kind)
{
	struct mm_parts *p = mm->parts;

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].kind == kind)
			return p->v[i].bytes;
	part_add(p, kind, xcalloc(1, kind->size));
	return p->v[p->n - 1].bytes;
}

static struct mm_parts *parts_copy(const struct mm_parts *from)
{
	struct mm_parts *to = xcalloc(1, sizeof(*to));

	for (size_t i = 0; i < from->n; i++) {
		const struct mm_part_kind *kind = from->v[i].kind;
		void *bytes = array_copy(from->v[i].bytes, 1, kind->size);
		if (kind->copied)
			kind->copied(bytes);
		part_add(to, kind, bytes);
	}
	return to;
}

static void parts_free(struct mm_parts *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].kind->clear)
			p->v[i].kind->clear(p->v[i].bytes);
		free(p->v[i].bytes);
	}
	free(p->v);
	free(p);
}

struct mm *mm_fork(const struct mm *mm)
{
	struct mm *copy = array_copy(mm, 1, sizeof(*mm));

	copy->refs = 1;
	copy->breakpoints = ARRAY_COPY(mm->breakpoints, mm->nbreakpoints);
	copy->parts = parts_copy(mm->parts);
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
		free(mm->breakpoints);
		parts_free(mm->parts);
		free(mm);
	}
}
