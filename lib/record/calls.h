/* A task's system calls, and the tasks and programs that they make. */
#ifndef RR_CALLS_H
#define RR_CALLS_H

#include "record/rtask.h"

struct recorder;

/* At a call's entry: PTRACE_EVENT_SECCOMP. */
void rtask_call_entered(struct recorder *r, struct rtask *rt);
/* At a call's entry: it is the program's own. It is made if the program's seccomp filters let it
 * be; asked: its emulated tracer has been asked on their behalf. */
void rtask_call_begin(struct recorder *r, struct rtask *rt, bool asked);
/* At PTRACE_EVENT_EXIT: a task that was killed at its syscall-entry-stop, before that was handled,
 * is in the call. */
void rtask_killed_at_entry(struct recorder *r, struct rtask *rt);
/* At a syscall-exit-stop: puts EV_SYSCALL. */
void rtask_call_returned(struct recorder *r, struct rtask *rt);
/* At PTRACE_EVENT_FORK, _VFORK and _CLONE: puts EV_CLONE. */
void rtask_cloned(struct recorder *r, struct rtask *rt);
/* At PTRACE_EVENT_EXEC. */
void rtask_execed(struct recorder *r, struct rtask *rt);

#endif
