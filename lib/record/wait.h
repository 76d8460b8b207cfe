/* Waiting for tasks: which have stopped, which are blocked. */
#ifndef RR_RECORD_WAIT_H
#define RR_RECORD_WAIT_H

#include "record/rtask.h"

struct recorder;

enum waited {
	WAITED_STOP,    /* it has a stop to be handled */
	WAITED_BLOCKED, /* its call waits, and other tasks are ready */
	WAITED_GONE,    /* the kernel does not know it any more */
	WAITED_NEVER,   /* it does not end: recorder_gives_up() */
	WAITED_STEP,    /* it has not been resumed, or is stopped already: nothing to be handled */
};
/* Waits for the task that has just been resumed. */
enum waited rtask_wait(struct recorder *r, struct rtask *rt);
/* The PTRACE_INTERRUPT that rtask_wait() has sent has stopped the task. */
void rtask_preempted(struct recorder *r, struct rtask *rt);
/* Blocks until some task has a stop to be handled. */
void recorder_wait(struct recorder *r);
/* Takes the stops that have come meanwhile. */
void recorder_take_stops(struct recorder *r);
/* The same for one task, before it is resumed after others have run: SIGKILL ends any stop, and to
 * resume it then would let PTRACE_EVENT_EXIT pass unseen. */
void rtask_take_stop_of_kill(struct recorder *r, struct rtask *rt);

#endif
