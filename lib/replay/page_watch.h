/* Watchpoints without debug registers: their pages are protected against the program's writes, or
 * against all access. An instruction that faults there is executed with the page unprotected, and
 * what it accessed is noted. What the replay writes does not fault; memory is compared after each
 * event, as for watchpoints in debug registers. */
#ifndef RR_PAGE_WATCH_H
#define RR_PAGE_WATCH_H

#include "counter/step.h"
#include "replay/debugger.h"

/* A page that is protected from the program for now. */
struct guard {
	uint64_t page;
	uint8_t prot; /* what the program may do there otherwise */
	bool access;  /* protected against reads, too */
	bool closed;
};

/* The protected pages of an address space. */
struct page_watches {
	struct guard *guards;
	size_t nguards;
	bool guards_shared; /* some are in shared memory */
};
struct page_watches *page_watches(const struct mm *mm);

/* Adds the page of addr; access: protected against reads, too. */
void debugger_page_watch_add(struct mm *mm, uint64_t addr, bool access);
/* Protects all pages that have been added, where they are mapped. -1: cannot. */
int debugger_page_watch_close(struct debug *d, struct ptask *pt);
/* Restores all protections, and forgets the pages. */
void debugger_page_watch_drop(struct ptask *pt);
/* Whether the task has stopped at such a page, in an access that the program may make. */
bool debugger_page_watch_triggered(struct ptask *pt, int status);
/* After such a stop: executes the instruction by step(), with the pages it accesses unprotected,
 * and sets d->touched. Any result but STEP_DONE is the program's own doing; then the pages stay
 * unprotected until stop points are placed again. */
enum step_result debugger_page_watch_pass(struct debug *d, struct ptask *pt, int *status,
					  enum step_result (*step)(struct debug *d,
								   struct ptask *pt,
								   struct arch_nondet *c,
								   int *status));

#endif
