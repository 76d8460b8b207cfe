/* The seccomp filter by which calls of a recorded program stop: at the entry of a call the kernel
 * reports PTRACE_EVENT_SECCOMP. So a task is resumed in its code by PTRACE_CONT, and calls that the
 * filter lets pass cost no stop.
 *
 * A task at such an entry may be resumed by PTRACE_SYSCALL, and stops at the exit of the call; or
 * it skips the call, if the number of that is -1 by then. All tasks inherit the filter. */
#ifndef RR_CALL_FILTER_H
#define RR_CALL_FILTER_H

#include "tracee/task.h"

/* PTRACE_SEIZE needs PTRACE_O_TRACESECCOMP: without it the calls fail. */
/* To be called in the process that is about to execute the program, as the last call before that.
 * Without CAP_SYS_ADMIN the process must give up new privileges first (seccomp(2)), and does so. -1
 * with errno: there is no filter. */
int call_filter_install(void);

/* The task is stopped at the entry of a call that it skips: t->skips is set, and its registers have
 * been set since. It goes on to the exit of the call, where a signal can be injected: 0. 1: it has
 * stopped otherwise, or ended: *status. -1: it was killed. */
TASK_CHECKED int call_filter_leave(struct task *t, int *status);
/* Resumes a task that is in its code, to the entry of its next call; results as above. Signals that
 * come before become pending. */
TASK_CHECKED int call_filter_to_entry(struct task *t, int *status);

#endif
