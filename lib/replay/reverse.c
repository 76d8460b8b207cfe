/* Backwards: to the previous stop, or by one instruction; both run forwards from a checkpoint. */
#include "replay/debugger.h"
#include "util/alloc.h"
#include "util/size.h"

#include <stdlib.h>
#include <string.h>

/* --- one instruction back --- */

/* Steps from the current position to the next tick or event; *n: how many instructions that is. */
static enum outcome measure(struct debug *d, uint64_t *n)
{
	bool ignore_points = d->ignore_points;
	enum outcome out = OUT_GOAL;

	d->ignore_points = true;
	d->plan++;
	for (*n = 0;; ++*n) {
		struct ptask *pt = debugger_next_task(d);
		uint64_t ticks = pt->count.ticks;
		enum stepped s =
			debugger_points_insert(d, pt) ? STEP_FAILED : debugger_insn_step(d, pt);
		if (s == STEP_FAILED)
			out = OUT_TROUBLE;
		if (s != STEPPED || pt->count.ticks != ticks)
			break;
	}
	d->ignore_points = ignore_points;
	d->plan++;
	return out;
}

/* To the last position of that event and tick, or, if it is there already, to the one before. */
static enum outcome go_to_last(struct debug *d, uint64_t event, uint64_t ticks, bool before)
{
	const struct goal begin = {.at = {event, ticks, 0}};
	uint64_t n;

	enum outcome out = debugger_seek(d, &begin);
	if (out != OUT_GOAL || !debugger_next_task(d) || (out = measure(d, &n)) != OUT_GOAL)
		return out;
	if (before && !n && ticks)
		return go_to_last(d, event, ticks - 1, false);
	const struct goal end = {.at = {event, ticks, before && n ? n - 1 : n}};
	return debugger_seek(d, &end);
}

/* The last event up to `event` that concerns the task. 0: none. */
static uint64_t last_event_of(struct debug *d, uint64_t event, pid_t tid, struct trace_event *ev)
{
	/* Events are read forwards, so begin further and further back. */
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

/* To before the instruction that led to the event by which the task came to where it is. */
static enum outcome before_event(struct debug *d, uint64_t event, pid_t tid)
{
	struct trace_event ev;

	for (uint64_t e = event; (e = last_event_of(d, e, tid, &ev)) > 1; e--) {
		if (ev.kind == EV_SWITCH && ev.flags & EVF_INSN)
			return go_to_last(d, e - 1, ev.ticks, true);
		if (ev.kind == EV_SWITCH || ev.kind == EV_CHECKSUM) { /* changes nothing */
			/* The task may have made ticks since its previous event. */
			struct trace_event was;
			uint64_t w = last_event_of(d, e - 1, tid, &was);
			if (w && was.ticks == ev.ticks)
				continue;
			return go_to_last(d, e - 1, ev.ticks ? ev.ticks - 1 : 0, false);
		}
		if (ev.kind == EV_SYSCALL && ev.flags & EVF_RESUMED)
			continue; /* the call was entered at another event */
		return go_to_last(d, e - 1, ev.ticks, false);
	}
	return OUT_END;
}

static enum outcome reverse_step(struct debug *d, pid_t tid)
{
	enum outcome out = debugger_locate(d);
	struct ptask *pt = debugger_next_task(d);
	struct goal here = debugger_goal_here(d);

	if (out != OUT_GOAL)
		return out;
	if (!pt || pt->id != tid)
		return before_event(d, here.at.event, tid);
	if (here.at.insns) {
		here.at.insns--;
		return debugger_seek(d, &here);
	}
	/* If it had fewer ticks at its last event, it came here over a counted edge. */
	struct trace_event ev;
	uint64_t e = last_event_of(d, here.at.event, tid, &ev);
	if (pt->count.ticks && (!e || ev.ticks < pt->count.ticks))
		return go_to_last(d, here.at.event, pt->count.ticks - 1, false);
	return e > 1 ? before_event(d, here.at.event, tid) : OUT_END;
}

static size_t watched(const struct debug *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->npoints; i++)
		n += d->points[i].was ? d->points[i].len : 0;
	return n;
}

/* Whether the step went back over a write, so that watched memory has changed. */
static bool unwritten(struct debug *d, pid_t tid, const uint8_t *was)
{
	struct ptask *pt = debugger_task(d, tid);

	if (!pt)
		return false;
	for (size_t i = 0; i < d->npoints; i++)
		if (d->points[i].was) {
			memcpy(d->points[i].was, was, d->points[i].len);
			was += d->points[i].len;
		}
	return debugger_points_watch_check(d, pt, 0);
}

enum outcome debugger_reverse_step(struct debug *d, pid_t tid)
{
	size_t n = watched(d);

	if (!n)
		return reverse_step(d, tid);
	uint8_t *was = xmalloc(n), *to = was;
	debugger_points_remember(d);
	for (size_t i = 0; i < d->npoints; i++)
		if (d->points[i].was)
			to = mempcpy(to, d->points[i].was, d->points[i].len);
	enum outcome out = reverse_step(d, tid);
	if (out == OUT_GOAL && unwritten(d, tid, was))
		out = OUT_STOP;
	free(was);
	return out;
}

/* --- to the previous stop --- */

/* A watchpoint stops after the access; backwards, the replay stops before it. */
static enum outcome before_access(struct debug *d)
{
	const struct debug_stop stop = d->stop;

	enum outcome out = stop.kind == DEBUG_STOP_WATCH ? reverse_step(d, stop.tid) : OUT_GOAL;
	d->stop = stop;
	return out == OUT_GOAL ? OUT_STOP : out;
}

/* Whether the stop at which the replay is belongs to an event right before the position `here`, and
 * was reported there. Events that made a process or a program are reported once more, so that the
 * debugger takes that back. */
static bool is_reported_here(struct debug *d, const struct debug_position *here)
{
	static const bool events[] = {[DEBUG_STOP_CALL_RETURN] = true, [DEBUG_STOP_THREAD] = true,
				      [DEBUG_STOP_THREAD_END] = true,  [DEBUG_STOP_EXIT] = true,
				      [DEBUG_STOP_FORK] = true,        [DEBUG_STOP_VFORK] = true,
				      [DEBUG_STOP_EXEC] = true};
	enum debug_stop_kind kind = d->stop.kind;
	struct ptask *pt = debugger_next_task(d);
	const struct debug_position at = {debugger_event(d), pt ? pt->count.ticks : 0, d->insns};

	if (kind >= ARRAY_LEN(events) || !events[kind] || !d->insns_known ||
	    debug_position_compare(&at, here))
		return false;
	bool makes = kind == DEBUG_STOP_FORK || kind == DEBUG_STOP_VFORK || kind == DEBUG_STOP_EXEC;
	bool reported = d->reversed == at.event;
	d->reversed = at.event;
	return reported || !makes;
}

/* To the stop of that number after a checkpoint. */
static enum outcome to_stop(struct debug *d, const struct mark *from, bool from_here,
			    uint64_t number)
{
	if (debugger_checkpoint_restore(d, from))
		return OUT_TROUBLE;
	d->hits_max = number;
	d->hits = 0;
	return debugger_forward(d, NULL, from_here);
}

/* To the last stop between a checkpoint and a goal. OUT_GOAL: there is none. */
static enum outcome last_stop(struct debug *d, const struct mark *k, const struct goal *until,
			      const struct debug_position *here)
{
	const struct mark from = *k;
	bool first = k == d->marks;

	if (debugger_checkpoint_restore(d, k))
		return OUT_TROUBLE;
	d->hits = d->hits_max = 0;
	enum outcome out = debugger_forward(d, until, !first);
	if (out != OUT_GOAL && out != OUT_END)
		return out;
	if (!d->hits)
		return OUT_GOAL;
	const uint64_t last = d->hits;
	out = to_stop(d, &from, !first, last);
	if (out == OUT_STOP && is_reported_here(d, here)) {
		if (last == 1)
			return OUT_GOAL;
		out = to_stop(d, &from, !first, last - 1);
	}
	return out == OUT_STOP ? before_access(d) : out;
}

enum outcome debugger_reverse_stop(struct debug *d)
{
	enum outcome located = debugger_locate(d);
	struct goal until = debugger_goal_here(d);
	struct debug_position here = until.at;
	size_t n = debugger_checkpoints_before(d, until.at.event, until.at.ticks);

	if (located != OUT_GOAL)
		return located;
	if (n && !until.at.insns && d->p.event != EVENT_REACHED &&
	    !debugger_checkpoint_order(&d->marks[n - 1], until.at.event, until.at.ticks))
		n--; /* that one is here */
	while (n--) {
		const struct goal begin = {.at = {d->marks[n].event, d->marks[n].ticks, 0}};
		enum outcome out = last_stop(d, &d->marks[n], &until, &here);
		if (out != OUT_GOAL)
			return out;
		until = begin;
	}
	return debugger_checkpoint_restore(d, &d->marks[0]) ? OUT_TROUBLE : OUT_END;
}
