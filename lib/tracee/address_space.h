/* Address spaces of tracees. Tasks may share one. */
#ifndef RR_ADDRESS_SPACE_H
#define RR_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mm {
	int refs;
	bool threads;   /* several tasks have used it at the same time, not only by vfork(2) */
	uint64_t stack; /* the stack pointer after exec */
	struct breakpoint *breakpoints; /* sorted by address */
	size_t nbreakpoints;
	/* which state of the debugger's points is inserted; 0: none */
	unsigned breakpoints_plan;
	struct mm_parts *parts;
};
struct mm *mm_new(void);
/* A copy, as fork(2) makes it. */
struct mm *mm_fork(const struct mm *mm);
struct mm *mm_get(struct mm *mm);
void mm_put(struct mm *mm);

/* A higher floor's part of an address space: `size` bytes, zeroed at first, which are copied and
 * freed with the address space. */
struct mm_part_kind {
	size_t size;
	/* Called after a plain copy: copies the memory to which the part points. NULL: there is
	 * none. */
	void (*copied)(void *part);
	/* Frees what it points to. */
	void (*clear)(void *part);
};
/* The address space's part of that kind. It is created if there is none yet. */
void *mm_part(const struct mm *mm, const struct mm_part_kind *kind);

#endif
