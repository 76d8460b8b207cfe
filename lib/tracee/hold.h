/* Tasks that stay as they are when their tracer has nothing more to do with them, for a debugger to
 * attach. */
#ifndef RR_HOLD_H
#define RR_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct held_task {
	pid_t tid, pid;   /* a thread, if they differ: it has no line of its own */
	const char *what; /* it is, for its line */
};

/* Whether somebody is at the terminal, to be asked to end what is kept. */
bool hold_has_user(void);
/* All of them, each in a stop of ours, stay stopped until the user has seen enough; then they are
 * ended. They are not traced any more. */
#define HOLD_MAX 4096
void hold_tasks(const struct held_task *v, size_t n);

#endif
