/* Watchpoints beyond those of the CPU: the pages they are in are closed to the program's writes, or
 * to all it does there. What it tries there faults, and is looked at: it executes the instruction
 * with the page open. What the replay itself writes does not fault; it is compared after each
 * event, as for the CPU's watchpoints. */
#ifndef RR_PAGE_WATCH_H
#define RR_PAGE_WATCH_H

#include "counter/step.h"
#include "replay/debugger.h"

/* Closes the page of addr; access: to reads as well. Up to the next debugger_page_watch_close()
 * nothing is closed yet. */
void debugger_page_watch_add(struct mm *mm, uint64_t addr, bool access);
/* Closes all that have been added, if they are mapped. -1: cannot. */
int debugger_page_watch_close(struct debug *d, struct ptask *pt);
/* Opens all, and forgets them. */
void debugger_page_watch_drop(struct ptask *pt);
/* Whether the task has stopped at a page that is open to the program, but closed. */
bool debugger_page_watch_triggered(struct ptask *pt, int status);
/* For such a stop: the instruction is done with what it needs open, by step(). What it touched is
 * in d->touched. A result other than STEP_DONE is the program's own doing: then the pages stay open
 * for it, until points are placed the next time. */
enum step_result debugger_page_watch_pass(struct debug *d, struct ptask *pt, int *status,
					  enum step_result (*step)(struct debug *d,
								   struct ptask *pt,
								   struct arch_nondet *c,
								   int *status));

#endif
