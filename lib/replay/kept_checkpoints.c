/* The checkpoints of a run, in the order of their positions. */
#include "replay/debugger.h"
#include "util/clock.h"

#include <string.h>

/* Two checkpoints are at least this far apart, and so far that making them takes no more than a
 * twentieth of the time. */
#define SPACING_NS 100000000u
#define SPACING_COST 20
/* Checkpoints near a position that was gone back to; the oldest goes first. */
#define NEAR_MAX 6

void debugger_clock(struct debug *d, bool runs)
{
	uint64_t now = clock_now_ns();

	if (d->cost_from)
		d->cost += now - d->cost_from;
	d->cost_from = runs ? now : 0;
}

static uint64_t cost_now(const struct debug *d)
{
	return d->cost + (d->cost_from ? clock_now_ns() - d->cost_from : 0);
}

int debugger_checkpoint_order(const struct mark *k, uint64_t event, uint64_t ticks)
{
	if (k->event != event)
		return k->event < event ? -1 : 1;
	return k->ticks < ticks ? -1 : k->ticks > ticks;
}

static void forget(struct debug *d, size_t i)
{
	replayer_checkpoint_free(&d->p, d->marks[i].c);
	d->nmarks--;
	memmove(d->marks + i, d->marks + i + 1, (d->nmarks - i) * sizeof(*d->marks));
}

/* Forgets one, not the first: that whose neighbours are closest to each other in proportion to how
 * far back it is. So the number of checkpoints grows with the logarithm of the run's length. */
static void thin(struct debug *d)
{
	uint64_t now = d->marks[d->nmarks - 1].cost;
	size_t worst = 1;
	double least = 0;

	for (size_t i = 1; i + 1 < d->nmarks; i++) {
		double gap = (double)(d->marks[i + 1].cost - d->marks[i - 1].cost);
		double back = (double)(now - d->marks[i].cost) + SPACING_NS;
		if (i == 1 || gap / back < least) {
			least = gap / back;
			worst = i;
		}
	}
	forget(d, worst);
}

static void thin_near(struct debug *d)
{
	size_t n = 0, first = 0;

	for (size_t i = d->nmarks; i-- > 1;)
		if (d->marks[i].near) {
			n++;
			first = i;
		}
	if (n > NEAR_MAX)
		forget(d, first);
}

size_t debugger_checkpoints_before(const struct debug *d, uint64_t event, uint64_t ticks)
{
	size_t n = d->nmarks;

	while (n && debugger_checkpoint_order(&d->marks[n - 1], event, ticks) > 0)
		n--;
	return n;
}

bool debugger_checkpoint_due(struct debug *d)
{
	const struct mark *k = d->keeping && d->nmarks ? &d->marks[d->nmarks - 1] : NULL;

	return k && debugger_event(d) >= k->event && cost_now(d) > k->cost + d->spacing;
}

/* A checkpoint lies at a tick, before the next event is reached. */
static bool can_keep(const struct debug *d)
{
	const struct ptask *pt;

	if (d->p.event == EVENT_REACHED || SLIST_EMPTY(&d->p.tasks) || d->diversion || d->insns ||
	    !d->insns_known)
		return false;
	SLIST_FOREACH(pt, &d->p.tasks, link)
		if (pt->state == PTASK_STUB)
			return false;
	return true;
}

void debugger_checkpoint_if_due(struct debug *d, bool near)
{
	if (!(near || !d->nmarks || debugger_checkpoint_due(d)) || replayer_load(&d->p) ||
	    !can_keep(d))
		return;
	struct ptask *pt = debugger_next_task(d);
	uint64_t event = debugger_event(d), ticks = pt ? pt->count.ticks : 0;
	size_t at = debugger_checkpoints_before(d, event, ticks);
	if (at && !debugger_checkpoint_order(&d->marks[at - 1], event, ticks))
		return;
	uint64_t begin = clock_now_ns();
	struct checkpoint *c = replayer_checkpoint_make(&d->p);
	if (!c)
		return;
	uint64_t took = clock_now_ns() - begin;
	if (d->nmarks == MARKS_MAX)
		thin(d);
	at = debugger_checkpoints_before(d, event, ticks);
	memmove(d->marks + at + 1, d->marks + at, (d->nmarks - at) * sizeof(*d->marks));
	d->marks[at] = (struct mark){c, event, ticks, cost_now(d), near};
	d->nmarks++;
	d->figures.forks++;
	d->spacing = took * SPACING_COST > SPACING_NS ? took * SPACING_COST : SPACING_NS;
	if (near)
		thin_near(d);
}

int debugger_checkpoint_restore(struct debug *d, const struct mark *k)
{
	debugger_clock(d, false);
	if (replayer_checkpoint_restore(&d->p, k->c))
		return debugger_fail(d, "the replay cannot be taken up at a checkpoint");
	d->cost = k->cost;
	d->insns = 0;
	d->insns_known = true;
	d->reported = 0;
	d->lifted = 0;
	d->stop.kind = DEBUG_STOP_STEP;
	d->figures.forks++;
	return replayer_load(&d->p) == REPLAYER_FAILED ? -1 : 0;
}

void debugger_checkpoints_free(struct debug *d)
{
	while (d->nmarks)
		forget(d, d->nmarks - 1);
}
