/* Positions of a run, and ways to them: from the nearest checkpoint before, forwards. */
#include "replay/debugger.h"

#include <stdlib.h>

/* A user who goes to a position that takes longer than this from the checkpoint before it will
 * probably go to others near it. Then checkpoints are made so many ticks and so many events before
 * it. */
#define NEAR_NS 3000000u
#define NEAR_TICKS 200
#define NEAR_EVENTS 16

/* If instructions were not counted, a position is identified by registers and stack. A task
 * can come to one instruction twice without a counted edge or an event between, and with the same
 * registers; then the return addresses on its stack differ, because coming there by the same calls
 * would be a cycle, and every cycle has a counted edge. */
struct goal debugger_goal_here(struct debug *d)
{
	struct ptask *pt = debugger_next_task(d);
	struct goal g = {.at = {debugger_event(d), pt ? pt->count.ticks : 0, d->insns},
			 .by_state = !d->insns_known};

	if (g.by_state && pt) {
		g.regs = pt->t.regs;
		g.stack = debugger_stack_sum(d, pt);
	}
	return g;
}

/* Forwards to the goal, past all stop points. */
static enum outcome forward_unstopped(struct debug *d, const struct goal *g)
{
	bool ignore_points = d->ignore_points;

	d->ignore_points = true;
	d->plan++;
	d->hits_max = 0;
	enum outcome out = debugger_forward(d, g, false);
	d->ignore_points = ignore_points;
	d->plan++;
	return out;
}

/* Makes checkpoints shortly before g, for the positions that will be asked for next. */
static enum outcome keep_near(struct debug *d, const struct goal *g)
{
	struct ptask *pt = debugger_next_task(d);
	struct goal pre = {.at = {g->at.event > NEAR_EVENTS ? g->at.event - NEAR_EVENTS : 0, 0, 0}};
	enum outcome out = OUT_GOAL;

	if (debugger_event(d) < pre.at.event && (out = forward_unstopped(d, &pre)) == OUT_GOAL)
		debugger_checkpoint_if_due(d, true);
	if (out != OUT_GOAL || g->at.ticks <= NEAR_TICKS || !(pt = debugger_next_task(d)))
		return out;
	pre.at.event = g->at.event;
	pre.at.ticks = g->at.ticks - NEAR_TICKS;
	if (debugger_checkpoint_order(
		    &(struct mark){.event = debugger_event(d), .ticks = pt->count.ticks},
		    pre.at.event, pre.at.ticks) < 0 &&
	    (out = forward_unstopped(d, &pre)) == OUT_GOAL && d->insns_known && !d->insns)
		debugger_checkpoint_if_due(d, true);
	return out;
}

enum outcome debugger_seek(struct debug *d, const struct goal *g)
{
	size_t before = debugger_checkpoints_before(d, g->at.event, g->at.ticks);
	const struct mark *k = &d->marks[before ? before - 1 : 0];
	enum outcome out;

	uint64_t from = k->cost;
	if (debugger_checkpoint_restore(d, k))
		return OUT_TROUBLE;
	const struct mark *next = k + 1 < d->marks + d->nmarks ? k + 1 : NULL;
	uint64_t way = next ? next->cost - from : d->spacing;
	if (way > NEAR_NS && (out = keep_near(d, g)) != OUT_GOAL)
		return out;
	return forward_unstopped(d, g);
}

enum outcome debugger_locate(struct debug *d)
{
	if (d->insns_known || !debugger_next_task(d))
		return OUT_GOAL;
	struct goal g = debugger_goal_here(d);
	const struct debug_stop stop = d->stop;
	const uint64_t reported = d->reported;
	bool reached = d->p.event == EVENT_REACHED, (*poll)(void *ctx) = d->o.poll;
	d->o.poll = NULL; /* an interrupt would leave the replay elsewhere */
	enum outcome out = debugger_seek(d, &g);
	d->o.poll = poll;
	if (out == OUT_GOAL && reached && d->p.event != EVENT_REACHED)
		out = debugger_forward_reach(d);
	d->reported = reported;
	d->stop = stop;
	d->insns_known |= out == OUT_GOAL;
	return out;
}

struct debug_position debug_here(struct debug *d)
{
	struct ptask *pt;

	if (d->diversion)
		return d->diversion_from;
	debugger_locate(d);
	pt = debugger_next_task(d);
	return (struct debug_position){debugger_event(d), pt ? pt->count.ticks : 0, d->insns};
}
