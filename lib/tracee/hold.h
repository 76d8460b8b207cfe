/* Keeps tasks stopped after their tracer has failed, so that a debugger can attach. */
#ifndef RR_HOLD_H
#define RR_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct held_task {
	pid_t tid, pid;   /* a thread if they differ; threads get no line */
	const char *what; /* a description, for its line */
};

/* Whether there is a user at the terminal, who can end the tasks. */
bool hold_has_user(void);
/* Detaches from the tasks, which are in ptrace-stops of this process, and keeps them stopped until
 * the user ends that. Then they are killed. */
#define HOLD_MAX 4096
void hold_tasks(const struct held_task *v, size_t n);

#endif
