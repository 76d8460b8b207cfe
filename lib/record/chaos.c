/* Chaos: schedules that are unlikely, so that bugs which need them show.
 *
 * A recording goes through periods. In each, tasks have priorities drawn anew, and slices have
 * lengths, in ticks, around a size drawn anew, from a few to a hundred thousand. The ready task of
 * the highest priority runs, so that others starve until it blocks or the period ends; periods are
 * bounded, so no task starves forever. All draws come from one seed.
 */
#include "record/chaos.h"

#include "record/recorder.h"
#include "util/alloc.h"
#include "util/size.h"

#include <stdlib.h>

#define PERIOD_MAX 64 /* decisions a period */
#define PRIORITIES 4
#define ALONE_FACTOR 1000 /* slices of a task are so much longer while no other is ready */

struct chaos {
	uint64_t state;
	unsigned left;           /* decisions until the next period */
	uint64_t scale;          /* ticks */
	unsigned switch_at_call; /* of 256: how likely a slice ends at a call */
	uint32_t period;
};

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
static uint64_t draw(struct chaos *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct chaos *chaos_new(uint64_t seed)
{
	struct chaos *c = xcalloc(1, sizeof(*c));

	c->state = seed;
	return c;
}

static void next_period(struct chaos *c)
{
	static const uint64_t scales[] = {4, 32, 256, 2048, 16384, 131072};
	static const uint8_t calls[] = {8, 64, 128, 224};

	c->left = 1 + (unsigned)(draw(c) % PERIOD_MAX);
	c->scale = scales[draw(c) % ARRAY_LEN(scales)];
	c->switch_at_call = calls[draw(c) % ARRAY_LEN(calls)];
	c->period++;
}

static void decide(struct chaos *c)
{
	if (!c->left)
		next_period(c);
	c->left--;
}

uint64_t chaos_ticks(struct recorder *r, struct rtask *rt)
{
	struct chaos *c = r->chaos;

	decide(c);
	uint64_t n = 1 + draw(c) % (2 * c->scale);
	return recorder_others_ready(r, rt) ? n : n * ALONE_FACTOR;
}

bool chaos_ends_slice(struct recorder *r, struct rtask *rt)
{
	struct chaos *c = r->chaos;

	if (rt->point.kind == POINT_TICK)
		return true;
	decide(c);
	return draw(c) % 256 < c->switch_at_call;
}

struct rtask *chaos_pick(struct recorder *r, bool (*ready)(struct recorder *, struct rtask *))
{
	struct chaos *c = r->chaos;
	struct rtask *best = NULL, *x;
	unsigned same = 0;

	TAILQ_FOREACH(x, &r->tasks, link) {
		if (!ready(r, x))
			continue;
		if (x->period != c->period) {
			x->period = c->period;
			x->priority = (int)(draw(c) % PRIORITIES);
		}
		if (!best || x->priority > best->priority) {
			best = x;
			same = 1;
		} else if (x->priority == best->priority && draw(c) % ++same == 0) {
			best = x;
		}
	}
	return best;
}
