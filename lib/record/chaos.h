/* Chaos: unlikely schedules, drawn from a seed. */
#ifndef RR_CHAOS_H
#define RR_CHAOS_H

#include "record/rtask.h"

struct recorder;

struct chaos *chaos_new(uint64_t seed); /* to be freed */
/* The length of the task's next slice, ticks. */
uint64_t chaos_ticks(struct recorder *r, struct rtask *rt);
/* Whether its slice ends here, after a call or a counted edge. */
bool chaos_ends_slice(struct recorder *r, struct rtask *rt);
/* The task to run next of those that are ready; NULL if none is. */
struct rtask *chaos_pick(struct recorder *r, bool (*ready)(struct recorder *, struct rtask *));

#endif
