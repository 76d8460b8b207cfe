/* Ticks by counted code: the countdown in the counter page, given to one task at a time. */
#ifndef RR_SOFT_H
#define RR_SOFT_H

#include "counter/page.h"

#include <stdbool.h>
#include <stdint.h>

/* One for a recording or a replay. */
struct soft {
	int fd; /* the page's memory file; -1: none */
	volatile struct counter_page *page;
};

/* A task's share: what the page holds while it runs, and the ticks it has made. */
struct soft_task {
	struct counter_page page;
	uint64_t armed; /* edges that were left when `ticks` was brought up to date */
	uint64_t ticks;
};

/* -1 and errno. */
int soft_open(struct soft *s);
void soft_close(struct soft *s);

/* Before the task's code runs, and after it has stopped. soft_leave brings t->ticks up to date. */
void soft_enter(const struct soft *s, const struct soft_task *t);
void soft_leave(const struct soft *s, struct soft_task *t);

/* The task, which is at an exact point or has not started, stops at its nth edge from here on
 * (n >= 1). */
void soft_arm(struct soft_task *t, uint64_t n);
#define SOFT_FAR (1ull << 48)

#endif
