/* What each kind of event does in a replay. */
#ifndef RR_REPLAY_EVENTS_H
#define RR_REPLAY_EVENTS_H

#include "replay/replayer.h"

/* Runs the task to where the event p->ev is. */
enum replayer_result replayer_reach_event(struct replayer *p, struct ptask *pt);
/* Applies the event to its task, which has come to it. */
enum replayer_result replayer_apply_event(struct replayer *p, struct ptask *pt);
/* Checksum of the task's memory. -1: cannot be read. */
int replayer_memory_sum(struct replayer *p, struct ptask *pt, uint64_t *sum);

#endif
