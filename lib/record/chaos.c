/* Chaos: schedules that are unlikely, all from one seed. */
#include "record/recorder.h"

uint64_t chaos_ticks(struct recorder *r, struct rtask *rt)
{
	(void)r;
	(void)rt;
	return SOFT_FAR;
}
