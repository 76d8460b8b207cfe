/* Emulated ptrace-stops: how a traced task goes on from one. */
#include "instrument/image.h"
#include "record/calls.h"
#include "record/emulated.h"
#include "record/exits.h"
#include "record/recorder.h"
#include "record/signals.h"
#include "record/ticks.h"

#include <sys/ptrace.h>

/* With the step counter any point is exact. */
static enum step_result step_exactly(struct recorder *r, struct rtask *rt, int sig)
{
	enum step_result s = tick_step(r, rt, sig);

	if (s == STEP_NONDET)
		s = STEP_DONE;
	if (s == STEP_DONE && rt->point.kind == POINT_TICK)
		tick_put_switch(r, rt);
	return s;
}

static enum step_result step_counted_code(struct recorder *r, struct rtask *rt, int sig)
{
	struct trace_regs *g = &rt->t.regs;

	ARCH_PC(g) = code_origin(code_of(rt->t.mm), ARCH_PC(g));
	int status;
	enum step_result s =
		code_step(&rt->t, &r->soft, &rt->count, PTRACE_SINGLESTEP, sig, &status);
	if (s == STEP_STOPPED)
		rtask_set_stop(r, rt, status);
	if (s != STEP_DONE)
		return s;
	rtask_set_state(rt, RTASK_AT_POINT);
	if (r->counter == RECORD_HPC) {
		tick_read(r, rt, false);
		tick_put_switch(r, rt);
		return s;
	}
	emulated_put_event(r, rt, EVF_STEP, 0, g, g);
	rtask_set_point(rt, POINT_EVENT);
	rtask_set_pc(rt, ARCH_PC(g));
	return s;
}

enum step_result emulated_step(struct recorder *r, struct rtask *rt, int sig)
{
	enum step_result s = STEP_GONE;

	if (r->counter == RECORD_STEP)
		s = step_exactly(r, rt, sig);
	else if (!task_get_regs(&rt->t))
		s = step_counted_code(r, rt, sig);
	if (s == STEP_NONDET)
		s = STEP_CALL;
	if (s == STEP_DONE)
		emulated_stop_after_insn(r, rt);
	/* The recorder may emulate an instruction that has raised a signal. */
	if (s == STEP_CALL || (s == STEP_STOPPED && !wait_event(rt->stop.status)))
		rt->traced.resume = TRACED_STEPPING;
	return s;
}

void emulated_stepped(struct recorder *r, struct rtask *rt)
{
	if (!rtask_is_settled(rt) || rt->state != RTASK_AT_POINT || rt->inject ||
	    rt->point.kind == POINT_CALL || traced_is_stopped(&rt->traced) || !rt->traced.by)
		return;
	if (rt->point.kind == POINT_TICK)
		tick_put_switch(r, rt);
	emulated_stop_after_insn(r, rt);
}

/* The task is where its last event left it, and goes on with the tracer's registers; a replay has
 * it go on with `after`. */
static void put_changes(struct recorder *r, struct rtask *rt, const struct trace_regs *after)
{
	struct trace_regs before = emulated_regs_after_event(&rt->point.regs);

	if (rt->traced.changed & TRACED_CHANGED_XSTATE)
		rtask_put_xstate(r, rt);
	emulated_put_event(r, rt, 0, 0, &before, after);
	rt->t.regs = rt->traced.regs;
}

static void apply_changes(struct recorder *r, struct rtask *rt, enum traced_at at)
{
	struct traced *d = &rt->traced;
	const bool at_call = at == TRACED_AT_CALL || at == TRACED_AT_FILTER;
	struct trace_regs after =
		at_call ? emulated_regs_before_call(&d->regs) : emulated_regs_after_event(&d->regs);

	if (!d->changed)
		return;
	if (d->before_result) {
		ARCH_RESULT(&d->regs) = ARCH_RESULT(&rt->t.regs);
		ARCH_RESULT(&after) = ARCH_RESULT(&rt->t.regs);
	}
	put_changes(r, rt, &after);
	if (at == TRACED_AT_EVENT)
		rtask_set_pc(rt, ARCH_PC(&rt->t.regs));
	else /* the signal frame is to hold the original's pc */
		task_gone_ok(task_set_regs(&rt->t));
	if (at_call)
		emulated_set_point(rt, &after);
	else
		rtask_set_point(rt, POINT_EVENT);
}

/* At a call's entry: the task goes on after the call without making it. */
static void skip_call(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;

	ARCH_SYSNO(&rt->traced.regs) = (uint64_t)-1;
	put_changes(r, rt, &rt->traced.regs);
	rtask_stop_at_point(rt, POINT_EVENT);
	t->skips = true;
	if (!task_set_regs(t) && rtask_leave_entry(r, rt))
		rtask_set_pc(rt, ARCH_PC(&t->regs));
}

/* Resumed by another request than the one that had the call skipped. */
static void stop_after_skipped_call(struct recorder *r, struct rtask *rt, uint64_t nr)
{
	struct traced *d = &rt->traced;

	if (rt->stop.pending || !d->by || d->skips_calls)
		return;
	if (traced_is_stepped(d))
		emulated_stop_after_insn(r, rt);
	d->due = traced_stops_after_calls(d) ? TRACED_DUE_CALL_EXIT : 0;
	if (emulated_stop_if_due(r, rt))
		ARCH_SYSNO(&d->regs) = nr;
}

bool emulated_resume(struct recorder *r, struct rtask *rt)
{
	enum traced_at at = rt->traced.at;
	uint64_t nr;

	rt->traced.at = TRACED_AT_NOTHING;
	switch (at) {
	case TRACED_AT_EVENT: apply_changes(r, rt, at); return emulated_stop_if_due(r, rt);
	case TRACED_AT_SIGNAL:
	case TRACED_AT_SIGNAL_INEXACT:
		apply_changes(r, rt, at);
		if (!signal_deliver_traced(r, rt, at == TRACED_AT_SIGNAL_INEXACT)) {
			if (at == TRACED_AT_SIGNAL && !rt->stop.pending && !rt->inject)
				rtask_set_pc(rt, ARCH_PC(&rt->t.regs));
		} else if (traced_is_stepped(
				   &rt->traced)) { /* into the handler: that is the step */
			emulated_stop_after_insn(r, rt);
		}
		return true;
	case TRACED_AT_CALL:
	case TRACED_AT_FILTER:
		apply_changes(r, rt, at);
		rtask_call_begin(r, rt, at == TRACED_AT_FILTER);
		if (traced_is_stepped(&rt->traced))
			rt->traced.resume = TRACED_STEPPING;
		return true;
	case TRACED_AT_SKIPPED_CALL:
		nr = ARCH_SYSNO(&rt->traced.regs);
		skip_call(r, rt);
		stop_after_skipped_call(r, rt, nr);
		return true;
	case TRACED_AT_EXIT: rtask_leave(r, rt); return true;
	default: return false;
	}
}
