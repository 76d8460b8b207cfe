/* System calls that a tracee makes for the tool, by the call instruction of the agent. */
#ifndef RR_INJECTED_CALLS_H
#define RR_INJECTED_CALLS_H

#include "tracee/reserved.h"
#include "tracee/task.h"

/* For recording: injects a call through the agent's instruction, and restores the registers. The
 * task must not be at a syscall-entry-stop. Signals that come in the meantime become pending.
 * Returns the kernel's result; -ESRCH if the task died. */
int64_t task_call(struct task *t, long nr, const uint64_t args[6]);
#define TASK_CALL(t, nr, ...) task_call(t, nr, (const uint64_t[6]){__VA_ARGS__})
/* Gives the task a descriptor of our open file fd, close-on-exec: opened once more with
 * these flags (O_RDONLY, O_RDWR) or, if the task cannot do that, shared. Returns the task's
 * descriptor, or -errno. */
TASK_CHECKED int64_t task_send_fd(struct task *t, int fd, int flags);
/* For replay: injects a call from any stop. task_restore() restores the registers. Signals that
 * were sent are dropped. *child, if not NULL, becomes the task that a clone has created, stopped.
 */
int64_t task_call_replay(struct task *t, long nr, const uint64_t args[6], pid_t *child);
#define TASK_CALL_REPLAY(t, nr, ...) task_call_replay(t, nr, (const uint64_t[6]){__VA_ARGS__}, NULL)
/* From PTRACE_EVENT_EXEC to the end of the call. Before that end the kernel would still overwrite
 * the result register. */
TASK_CHECKED int task_finish_exec(struct task *t);
/* Maps the agent into a task that is stopped after execve(2). */
TASK_CHECKED int task_map_agent(struct task *t);

#endif
