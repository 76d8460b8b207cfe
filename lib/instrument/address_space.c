/* The rewritten code of an address space. */
#include "tracee/address_space.h"

#include "instrument/image.h"
#include "util/array.h"

#include <stdlib.h>

static void places_copied(void *part)
{
	struct code_places *p = part;

	p->v = ARRAY_COPY(p->v, p->n);
}

static void places_clear(void *part)
{
	free(((struct code_places *)part)->v);
}

struct code_places *code_of(const struct mm *mm)
{
	static const struct mm_part_kind kind = {sizeof(struct code_places), places_copied,
						 places_clear};

	return mm_part(mm, &kind);
}
