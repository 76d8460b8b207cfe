/* Points of a run in order, and ways to them: the nearest checkpoint before, and onwards from
 * there. */
#include "replay/debugger.h"
#include "util/util.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

/* Checkpoints are that far apart at least, and so far that they cost no more than a twentieth of
 * the time. */
#define SPACING_NS 100000000u
#define SPACING_COST 20
/* What makes it worth while to have one near a point that is gone back to: more are asked for, most
 * likely. */
#define NEAR_NS 3000000u
#define NEAR_TICKS 200
#define NEAR_EVENTS 16
#define NEAR_MAX 6

/* --- where we are
 * ------------------------------------------------------------------------------------------- */

#define STACK_MAX (256u << 10)

uint64_t debugger_stack_sum(struct debug *d, struct ptask *pt)
{
	static uint8_t buf[STACK_MAX];
	ssize_t n = debug_read(d, pt->id, ARCH_SP(&pt->t.regs), buf, sizeof(buf));

	return n > 0 ? libdeflate_crc32(0, buf, (size_t)n) : 0;
}

/* Two stays at one instruction with no counted edge or event between them, all of whose registers
 * are the same, differ in the return addresses on the stack: whatever comes there twice by the same
 * calls has gone round a cycle. */
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

void debugger_clock(struct debug *d, bool runs)
{
	uint64_t now = now_ns();

	if (d->cost_from)
		d->cost += now - d->cost_from;
	d->cost_from = runs ? now : 0;
}

static uint64_t cost_now(const struct debug *d)
{
	return d->cost + (d->cost_from ? now_ns() - d->cost_from : 0);
}

/* --- checkpoints
 * -------------------------------------------------------------------------------------------- */

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

/* The one, not the first, without which the way between its neighbours is shortest for how far back
 * it is: so their number grows with the logarithm of the run's length. */
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

/* Between two instructions of the program, with no event under way. */
static bool can_keep(const struct debug *d)
{
	if (d->p.reached || !d->p.tasks || d->diversion || d->insns || !d->insns_known)
		return false;
	for (const struct ptask *pt = d->p.tasks; pt; pt = pt->next)
		if (!pt->started)
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
	uint64_t begin = now_ns();
	struct checkpoint *c = replayer_checkpoint_make(&d->p);
	if (!c)
		return;
	uint64_t took = now_ns() - begin;
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
	return replayer_load(&d->p) == REPLAY_NO_TRACE ? -1 : 0;
}

/* --- the way there
 * ----------------------------------------------------------------------------------------------------
 */

static enum outcome quietly(struct debug *d, const struct goal *g)
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

/* A point shortly before g, for the next that will be asked for. */
static enum outcome keep_near(struct debug *d, const struct goal *g)
{
	struct ptask *pt = debugger_next_task(d);
	struct goal pre = {.at = {g->at.event > NEAR_EVENTS ? g->at.event - NEAR_EVENTS : 0, 0, 0}};
	enum outcome out = OUT_GOAL;

	if (debugger_event(d) < pre.at.event && (out = quietly(d, &pre)) == OUT_GOAL)
		debugger_checkpoint_if_due(d, true);
	if (out != OUT_GOAL || g->at.ticks <= NEAR_TICKS || !(pt = debugger_next_task(d)))
		return out;
	pre.at.event = g->at.event;
	pre.at.ticks = g->at.ticks - NEAR_TICKS;
	if (debugger_checkpoint_order(
		    &(struct mark){.event = debugger_event(d), .ticks = pt->count.ticks},
		    pre.at.event, pre.at.ticks) < 0 &&
	    (out = quietly(d, &pre)) == OUT_GOAL && d->insns_known && !d->insns)
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
	return quietly(d, g);
}

enum outcome debugger_locate(struct debug *d)
{
	if (d->insns_known || !debugger_next_task(d))
		return OUT_GOAL;
	struct goal g = debugger_goal_here(d);
	const struct debug_stop stop = d->stop;
	const uint64_t reported = d->reported;
	bool reached = d->p.reached, (*poll)(void *ctx) = d->o.poll;
	d->o.poll = NULL; /* or else this would end up elsewhere */
	enum outcome out = debugger_seek(d, &g);
	d->o.poll = poll;
	if (out == OUT_GOAL && reached && !d->p.reached)
		out = debugger_forward_reach(d);
	d->reported = reported;
	d->stop = stop;
	d->insns_known |= out == OUT_GOAL;
	return out;
}

void debugger_checkpoints_free(struct debug *d)
{
	while (d->nmarks)
		forget(d, d->nmarks - 1);
}
