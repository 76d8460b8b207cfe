/* Tasks that wait for a look at a file that a process serves: kernel_look_begin(). */
#ifndef RR_RECORD_LOOKS_H
#define RR_RECORD_LOOKS_H

#include "record/rtask.h"

struct recorder;

/* Whether the call that has returned needs a look. If so, the task is blocked meanwhile, and its
 * stop is handled once more after that. */
bool rtask_look(struct recorder *r, struct rtask *rt, bool execed);
/* The same for a call that has been entered: whether a page that it may read has to be asked for.
 */
bool rtask_touch(struct recorder *r, struct rtask *rt);
/* Others run while a task waits for a page, before anything in the trace says where it is. */
void looks_warn_inexact(struct recorder *r);
/* A process that is no task has ended: perhaps the one that looks. */
void looks_ended(struct recorder *r, pid_t pid);
/* Abandons the looks of tasks that a pending signal ends. */
void looks_check(struct recorder *r);

#endif
