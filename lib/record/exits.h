/* The end of a task: from PTRACE_EVENT_EXIT to its EV_EXIT. */
#ifndef RR_EXITS_H
#define RR_EXITS_H

#include "record/rtask.h"

struct recorder;

/* At PTRACE_EVENT_EXIT. */
void rtask_exiting(struct recorder *r, struct rtask *rt);
/* Resumes the task there, after saving what its end writes into memory that others share. */
void rtask_leave(struct recorder *r, struct rtask *rt);
/* Detaches the task, which an instruction has made the kernel end by rt->inject: for
 * rt->ends_untraced. */
void rtask_end_untraced(struct recorder *r, struct rtask *rt);
/* Whether a task that is RTASK_ENDING has ended: then it is gone. */
bool rtask_check_ended(struct recorder *r, struct rtask *rt);
/* Puts EV_EXIT with rt->exit_status. */
void rtask_gone(struct recorder *r, struct rtask *rt);

#endif
