/* Ticks by counted code. The countdown in the counter page belongs to the running task. */
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

/* A task's contents of the page, and the ticks that it has made. */
struct soft_task {
	struct counter_page page;
	uint64_t armed; /* edges until the stop when `ticks` was updated */
	uint64_t ticks;
};

/* -1 with errno. */
int soft_open(struct soft *s);
void soft_close(struct soft *s);

/* To be called before the task's code runs, and after it has stopped. soft_leave() updates
 * t->ticks. */
void soft_enter(const struct soft *s, const struct soft_task *t);
void soft_leave(const struct soft *s, struct soft_task *t);

/* Brings t->ticks up to date when the task's page has been changed in its place. */
void soft_count(struct soft_task *t);

/* The task, which is at an exact point or has not started, will stop at its nth counted edge (n >=
 * 1). */
void soft_arm(struct soft_task *t, uint64_t n);
#define SOFT_FAR (1ull << 48)

#endif
