/* Points of a run in order, and ways to them: the nearest checkpoint before, and onwards from there. */
#include "replay/debugger.h"

#include "util/util.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Checkpoints are that far apart at least, and so far that they cost no more than a twentieth of the time. */
#define SPACING_NS 100000000u
#define SPACING_COST 20
/* What makes it worth while to have one near a point that is gone back to: more are asked for, most likely. */
#define NEAR_NS 3000000u
#define NEAR_TICKS 200
#define NEAR_EVENTS 16
#define NEAR_MAX 6

/* --- where we are ------------------------------------------------------------------------------------------- */

#define STACK_MAX (256u << 10)

uint64_t state_stack(struct debug *d, struct ptask *pt)
{
	static uint8_t buf[STACK_MAX];
	ssize_t n = debug_read(d, pt->id, ARCH_SP(&pt->t.regs), buf, sizeof buf);

	return n > 0 ? crc32(0, buf, (uInt)n) : 0;
}

/* Two stays at one instruction with no counted edge or event between them, all of whose registers are the same, differ in
 * the return addresses on the stack: whatever comes there twice by the same calls has gone round a cycle. */
struct goal timeline_here(struct debug *d)
{
	struct ptask *pt = debug_runner(d);
	struct goal g = {.at = {debug_event(d), pt ? pt->count.ticks : 0, d->insns}, .by_state = !d->insns_known};

	if (g.by_state && pt) {
		g.regs = pt->t.regs;
		g.stack = state_stack(d, pt);
	}
	return g;
}

void timeline_clock(struct debug *d, bool runs)
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

/* --- checkpoints -------------------------------------------------------------------------------------------- */

static int order(const struct mark *k, uint64_t event, uint64_t ticks)
{
	if (k->event != event)
		return k->event < event ? -1 : 1;
	return k->ticks < ticks ? -1 : k->ticks > ticks;
}

static void forget(struct debug *d, size_t i)
{
	checkpoint_free(&d->p, d->kept[i].c);
	d->nkept--;
	memmove(d->kept + i, d->kept + i + 1, (d->nkept - i) * sizeof *d->kept);
}

/* The one, not the first, without which the way between its neighbours is shortest for how far back it is: so their number
 * grows with the logarithm of the run's length. */
static void thin(struct debug *d)
{
	uint64_t now = d->kept[d->nkept - 1].cost;
	size_t worst = 1;
	double least = 0;

	for (size_t i = 1; i + 1 < d->nkept; i++) {
		double gap = (double)(d->kept[i + 1].cost - d->kept[i - 1].cost);
		double back = (double)(now - d->kept[i].cost) + SPACING_NS;
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

	for (size_t i = d->nkept; i-- > 1;)
		if (d->kept[i].near) {
			n++;
			first = i;
		}
	if (n > NEAR_MAX)
		forget(d, first);
}

/* How many checkpoints are not behind the point: the last of them is the one to begin at. */
static size_t kept_before(const struct debug *d, uint64_t event, uint64_t ticks)
{
	size_t n = d->nkept;

	while (n && order(&d->kept[n - 1], event, ticks) > 0)
		n--;
	return n;
}

bool timeline_due(struct debug *d)
{
	const struct mark *k = d->keeping && d->nkept ? &d->kept[d->nkept - 1] : NULL;

	return k && debug_event(d) >= k->event && cost_now(d) > k->cost + d->spacing;
}

/* Between two instructions of the program, with no event under way. */
static bool can_keep(const struct debug *d)
{
	if (d->p.reached || !d->p.tasks || d->aside || d->insns || !d->insns_known)
		return false;
	for (const struct ptask *pt = d->p.tasks; pt; pt = pt->next)
		if (!pt->started)
			return false;
	return true;
}

void timeline_keep(struct debug *d, bool near)
{
	if (!(near || !d->nkept || timeline_due(d)) || replayer_load(&d->p) || !can_keep(d))
		return;
	struct ptask *pt = debug_runner(d);
	uint64_t event = debug_event(d), ticks = pt ? pt->count.ticks : 0;
	size_t at = kept_before(d, event, ticks);
	if (at && !order(&d->kept[at - 1], event, ticks))
		return;
	uint64_t begin = now_ns();
	struct checkpoint *c = checkpoint_make(&d->p);
	if (!c)
		return;
	uint64_t took = now_ns() - begin;
	if (d->nkept == KEPT_MAX)
		thin(d);
	at = kept_before(d, event, ticks);
	memmove(d->kept + at + 1, d->kept + at, (d->nkept - at) * sizeof *d->kept);
	d->kept[at] = (struct mark){c, event, ticks, cost_now(d), near};
	d->nkept++;
	d->figures.forks++;
	d->spacing = took * SPACING_COST > SPACING_NS ? took * SPACING_COST : SPACING_NS;
	if (near)
		thin_near(d);
}

static int restore(struct debug *d, const struct mark *k)
{
	timeline_clock(d, false);
	if (checkpoint_restore(&d->p, k->c))
		return debug_fail(d, "the replay cannot be taken up at a checkpoint");
	d->cost = k->cost;
	d->insns = 0;
	d->insns_known = true;
	d->told = 0;
	d->lifted = 0;
	d->stop.kind = DEBUG_STOP_STEP;
	d->figures.forks++;
	return replayer_load(&d->p) == REPLAY_NO_TRACE ? -1 : 0;
}

/* --- ways ---------------------------------------------------------------------------------------------------- */

static enum outcome quietly(struct debug *d, const struct goal *g)
{
	bool blind = d->blind;

	d->blind = true;
	d->plan++;
	d->hits_max = 0;
	enum outcome out = motion_forward(d, g, false);
	d->blind = blind;
	d->plan++;
	return out;
}

/* A point shortly before g, for the next that will be asked for. */
static enum outcome keep_near(struct debug *d, const struct goal *g)
{
	struct ptask *pt = debug_runner(d);
	struct goal pre = {.at = {g->at.event > NEAR_EVENTS ? g->at.event - NEAR_EVENTS : 0, 0, 0}};
	enum outcome out = OUT_GOAL;

	if (debug_event(d) < pre.at.event && (out = quietly(d, &pre)) == OUT_GOAL)
		timeline_keep(d, true);
	if (out != OUT_GOAL || g->at.ticks <= NEAR_TICKS || !(pt = debug_runner(d)))
		return out;
	pre.at.event = g->at.event;
	pre.at.ticks = g->at.ticks - NEAR_TICKS;
	if (order(&(struct mark){.event = debug_event(d), .ticks = pt->count.ticks}, pre.at.event, pre.at.ticks) < 0 &&
	    (out = quietly(d, &pre)) == OUT_GOAL && d->insns_known && !d->insns)
		timeline_keep(d, true);
	return out;
}

enum outcome timeline_go(struct debug *d, const struct goal *g)
{
	size_t before = kept_before(d, g->at.event, g->at.ticks);
	const struct mark *k = &d->kept[before ? before - 1 : 0];
	enum outcome out;

	uint64_t from = k->cost;
	if (restore(d, k))
		return OUT_TROUBLE;
	const struct mark *next = k + 1 < d->kept + d->nkept ? k + 1 : NULL;
	uint64_t way = next ? next->cost - from : d->spacing;
	if (way > NEAR_NS && (out = keep_near(d, g)) != OUT_GOAL)
		return out;
	return quietly(d, g);
}

enum outcome timeline_locate(struct debug *d)
{
	if (d->insns_known || !debug_runner(d))
		return OUT_GOAL;
	struct goal g = timeline_here(d);
	const struct debug_stop stop = d->stop;
	const uint64_t told = d->told;
	bool reached = d->p.reached, (*poll)(void *ctx) = d->o.poll;
	d->o.poll = NULL; /* or else this would end up elsewhere */
	enum outcome out = timeline_go(d, &g);
	d->o.poll = poll;
	if (out == OUT_GOAL && reached && !d->p.reached)
		out = motion_reach(d);
	d->told = told;
	d->stop = stop;
	d->insns_known |= out == OUT_GOAL;
	return out;
}

static enum outcome back_step(struct debug *d, pid_t tid);

/* A watchpoint stops behind the access; gone back to, the access is what comes next. */
static enum outcome before_access(struct debug *d)
{
	const struct debug_stop stop = d->stop;

	enum outcome out = stop.kind == DEBUG_STOP_WATCH ? back_step(d, stop.tid) : OUT_GOAL;
	d->stop = stop;
	return out == OUT_GOAL ? OUT_STOP : out;
}

/* Whether the stop at which the replay is left is that of an event right before here, where it has been told. A process
 * or a program that it made has to be taken back all the same, once. */
static bool is_behind(struct debug *d, const struct debug_position *here)
{
	static const bool events[] = {[DEBUG_STOP_CALL_RETURN] = true, [DEBUG_STOP_THREAD] = true, [DEBUG_STOP_THREAD_END] = true,
				      [DEBUG_STOP_EXIT] = true,	       [DEBUG_STOP_FORK] = true,   [DEBUG_STOP_VFORK] = true,
				      [DEBUG_STOP_EXEC] = true};
	enum debug_stop_kind kind = d->stop.kind;
	struct ptask *pt = debug_runner(d);
	const struct debug_position at = {debug_event(d), pt ? pt->count.ticks : 0, d->insns};

	if (kind >= ARRAY_LEN(events) || !events[kind] || !d->insns_known || debug_position_compare(&at, here))
		return false;
	bool makes = kind == DEBUG_STOP_FORK || kind == DEBUG_STOP_VFORK || kind == DEBUG_STOP_EXEC;
	bool told = d->undone == at.event;
	d->undone = at.event;
	return told || !makes;
}

/* To the stop of that number behind a checkpoint. */
static enum outcome to_stop(struct debug *d, const struct mark *from, bool from_here, uint64_t number)
{
	if (restore(d, from))
		return OUT_TROUBLE;
	d->hits_max = number;
	d->hits = 0;
	return motion_forward(d, NULL, from_here);
}

/* Stops between a checkpoint and a point; the last of them is what the replay is left at. OUT_GOAL: there are none. */
static enum outcome last_stop(struct debug *d, const struct mark *k, const struct goal *until,
			      const struct debug_position *here)
{
	const struct mark from = *k;
	bool first = k == d->kept;

	if (restore(d, k))
		return OUT_TROUBLE;
	d->hits = d->hits_max = 0;
	enum outcome out = motion_forward(d, until, !first);
	if (out != OUT_GOAL && out != OUT_END)
		return out;
	if (!d->hits)
		return OUT_GOAL;
	const uint64_t last = d->hits;
	out = to_stop(d, &from, !first, last);
	if (out == OUT_STOP && is_behind(d, here)) {
		if (last == 1)
			return OUT_GOAL;
		out = to_stop(d, &from, !first, last - 1);
	}
	return out == OUT_STOP ? before_access(d) : out;
}

enum outcome timeline_back(struct debug *d)
{
	enum outcome located = timeline_locate(d);
	struct goal until = timeline_here(d);
	struct debug_position here = until.at;
	size_t n = kept_before(d, until.at.event, until.at.ticks);

	if (located != OUT_GOAL)
		return located;
	if (n && !until.at.insns && !d->p.reached && !order(&d->kept[n - 1], until.at.event, until.at.ticks))
		n--; /* that one is here */
	while (n--) {
		const struct goal begin = {.at = {d->kept[n].event, d->kept[n].ticks, 0}};
		enum outcome out = last_stop(d, &d->kept[n], &until, &here);
		if (out != OUT_GOAL)
			return out;
		until = begin;
	}
	return restore(d, &d->kept[0]) ? OUT_TROUBLE : OUT_END;
}

/* --- one instruction back ------------------------------------------------------------------------------------ */

/* Steps from the beginning of a stretch without edges and events to its end; how many it has. */
static enum outcome measure(struct debug *d, uint64_t *n)
{
	bool blind = d->blind;
	enum outcome out = OUT_GOAL;

	d->blind = true;
	d->plan++;
	for (*n = 0;; ++*n) {
		struct ptask *pt = debug_runner(d);
		uint64_t ticks = pt->count.ticks;
		enum stepped s = points_place(d, pt) ? STEP_FAILED : motion_step(d, pt);
		if (s == STEP_FAILED)
			out = OUT_TROUBLE;
		if (s != STEPPED || pt->count.ticks != ticks)
			break;
	}
	d->blind = blind;
	d->plan++;
	return out;
}

/* The last point of the stretch that begins there. */
static enum outcome go_to_last(struct debug *d, uint64_t event, uint64_t ticks)
{
	const struct goal begin = {.at = {event, ticks, 0}};
	uint64_t n;

	enum outcome out = timeline_go(d, &begin);
	if (out != OUT_GOAL || !debug_runner(d) || (out = measure(d, &n)) != OUT_GOAL)
		return out;
	const struct goal end = {.at = {event, ticks, n}};
	return timeline_go(d, &end);
}

/* The last event up to `event` that has to do with the task. 0: none. */
static uint64_t last_event_of(struct debug *d, uint64_t event, pid_t tid, struct trace_event *ev)
{
	/* From further and further back: events are read forwards. */
	for (uint64_t back = 64; event; back *= 8) {
		uint64_t from = event > back ? event - back : 1, found = 0;
		struct trace_event e;
		if (trace_seek(d->peek, from))
			return 0;
		while (trace_next(d->peek, &e) == 1 && e.num <= event)
			if (e.tid == tid || (e.other == tid && e.kind != EV_CLONE)) {
				found = e.num;
				*ev = e;
			}
		if (found)
			return found;
		if (from == 1)
			return 0;
	}
	return 0;
}

/* Before the event by which the task came to where it stands: in front of the instruction that led to it. */
static enum outcome before_event(struct debug *d, uint64_t event, pid_t tid)
{
	struct trace_event ev;

	for (uint64_t e = event; (e = last_event_of(d, e, tid, &ev)) > 1; e--) {
		if (ev.kind == EV_SWITCH || ev.kind == EV_CHECKSUM) { /* changes nothing */
			/* It may have made edges since its event before. */
			struct trace_event was;
			uint64_t w = last_event_of(d, e - 1, tid, &was);
			if (w && was.ticks == ev.ticks)
				continue;
			return go_to_last(d, e - 1, ev.ticks ? ev.ticks - 1 : 0);
		}
		if (ev.kind == EV_SYSCALL && ev.flags & EVF_RESUMED)
			continue; /* the call was entered at another event */
		return go_to_last(d, e - 1, ev.ticks);
	}
	return OUT_END;
}

static enum outcome back_step(struct debug *d, pid_t tid)
{
	enum outcome out = timeline_locate(d);
	struct ptask *pt = debug_runner(d);
	struct goal here = timeline_here(d);

	if (out != OUT_GOAL)
		return out;
	if (!pt || pt->id != tid)
		return before_event(d, here.at.event, tid);
	if (here.at.insns) {
		here.at.insns--;
		return timeline_go(d, &here);
	}
	/* How many ticks it had made at its last event: fewer, and it has come here over an edge. */
	struct trace_event ev;
	uint64_t e = last_event_of(d, here.at.event, tid, &ev);
	if (pt->count.ticks && (!e || ev.ticks < pt->count.ticks))
		return go_to_last(d, here.at.event, pt->count.ticks - 1);
	return e > 1 ? before_event(d, here.at.event, tid) : OUT_END;
}

static size_t watched(const struct debug *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->npoints; i++)
		n += d->points[i].was ? d->points[i].len : 0;
	return n;
}

/* Whether the step went back over a write: watched memory is not what it was. */
static bool unwritten(struct debug *d, pid_t tid, const uint8_t *was)
{
	struct ptask *pt = debug_task(d, tid);

	if (!pt)
		return false;
	for (size_t i = 0; i < d->npoints; i++)
		if (d->points[i].was) {
			memcpy(d->points[i].was, was, d->points[i].len);
			was += d->points[i].len;
		}
	return points_watch(d, pt, 0);
}

enum outcome timeline_back_step(struct debug *d, pid_t tid)
{
	size_t n = watched(d);

	if (!n)
		return back_step(d, tid);
	uint8_t *was = xmalloc(n), *to = was;
	points_look(d);
	for (size_t i = 0; i < d->npoints; i++)
		if (d->points[i].was)
			to = mempcpy(to, d->points[i].was, d->points[i].len);
	enum outcome out = back_step(d, tid);
	if (out == OUT_GOAL && unwritten(d, tid, was))
		out = OUT_STOP;
	free(was);
	return out;
}

void timeline_free(struct debug *d)
{
	while (d->nkept)
		forget(d, d->nkept - 1);
}
