/* A debugger's view of a replay: opening, closing, and resuming. */
#include "replay/debugger.h"
#include "tracee/address_space.h"
#include "tracee/watchpoints.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint64_t debug_last_event(const struct debug *cd)
{
	struct debug *d = (struct debug *)cd;
	struct trace_event ev;

	if (!d->last_event && !trace_seek(d->peek, 1))
		while (trace_next(d->peek, &ev) == 1)
			d->last_event = ev.num;
	return d->last_event;
}

uint64_t debug_elapsed_ns(const struct debug *cd)
{
	struct debug *d = (struct debug *)cd;
	struct trace_event ev;
	uint64_t e = debugger_event(d);

	return e && !trace_seek(d->peek, e) && trace_next(d->peek, &ev) == 1 ? ev.time_ns : 0;
}

/* --- opening and closing --- */

static void report_failure(struct debug *d)
{
	if (d->p.report.why && !d->failure_reported && d->o.failed)
		d->o.failed(d->o.ctx, &d->p.report);
	d->failure_reported = d->p.report.why;
}

static int shown_output(void *ctx, const struct trace_event *ev, int stream, const void *bytes,
			size_t n)
{
	struct debug *d = ctx;

	if (ev->num > d->output_shown && d->o.output)
		d->o.output(d->o.ctx, stream, bytes, n);
	return 0;
}

/* How often running tasks are interrupted for poll() and for checkpoints. */
#define LOOK_NS 50000000u

static int start(struct debug *d)
{
	const char *counter;

	if (replayer_open(&d->p))
		return -1;
	counter = trace_reader_meta(d->p.r)->counter;
	if (d->p.by == &replayer_by_hpc) {
		replayer_fail(
			&d->p,
			"%s: was recorded with the counter '%s', by which a debugger cannot find positions yet",
			trace_reader_dir(d->p.r), counter);
		return -1;
	}
	d->peek = trace_open(trace_reader_dir(d->p.r), false);
	if (!d->peek) {
		replayer_fail(&d->p, "%s", trace_strerror());
		return -1;
	}
	replayer_watchdog_set_period(LOOK_NS);
	if (replayer_next(&d->p)) {
		replayer_fail(&d->p, "%s: holds nothing to debug", trace_reader_dir(d->p.r));
		return -1;
	}
	d->insns_known = true;
	debugger_checkpoint_if_due(d, false);
	if (!d->nmarks) {
		replayer_fail(&d->p, "the first checkpoint cannot be made: %s", strerror(errno));
		return -1;
	}
	d->current = SLIST_FIRST(&d->p.tasks)->id;
	return 0;
}

struct debug *debug_open(const struct debug_options *o)
{
	struct debug *d = xcalloc(1, sizeof(*d));

	d->o = *o;
	d->ro = (struct replay_options){
		.trace = o->trace, .write_fd = -1, .output = shown_output, .ctx = d};
	d->p.o = &d->ro;
	d->p.stats = &d->stats;
	d->plan = 1;
	d->spacing = 0;
	d->hooks.at_stop = debugger_hook_stop;
	d->hooks.step = debugger_hook_step;
	d->hooks.at_insn = debugger_hook_insn;
	d->hooks.over_insn = debugger_hook_over_insn;
	d->hooks.at_event = debugger_hook_event;
	d->p.hooks = &d->hooks;
	if (!start(d))
		return d;
	report_failure(d);
	debug_close(d);
	return NULL;
}

void debug_close(struct debug *d)
{
	debug_diversion_end(d);
	debug_break_remove_all(d);
	free(d->points);
	free(d->stack_buf);
	debugger_checkpoints_free(d);
	replayer_close(&d->p);
	trace_reader_close(d->peek);
	free(d);
}

/* --- resuming --- */

void debug_catch_set(struct debug *d, const struct debug_catch *c)
{
	d->catch = *c;
}

static void finish_run(struct debug *d, enum outcome out, bool backward, struct debug_stop *stop)
{
	struct ptask *pt;

	if (out != OUT_STOP) {
		static const enum debug_stop_kind kinds[] = {[OUT_GOAL] = DEBUG_STOP_STEP,
							     [OUT_END] = DEBUG_STOP_END,
							     [OUT_INTERRUPT] = DEBUG_STOP_INTERRUPT,
							     [OUT_TROUBLE] = DEBUG_STOP_FAILED};
		pt = debugger_next_task(d);
		d->stop = (struct debug_stop){.kind = out == OUT_END && backward ? DEBUG_STOP_BEGIN
										 : kinds[out]};
		if (pt || (pt = SLIST_FIRST(&d->p.tasks))) {
			d->stop.pid = pt->pid;
			d->stop.tid = pt->id;
		}
	}
	if (d->stop.kind != DEBUG_STOP_SIGNAL)
		d->siginfo_event = 0;
	d->current = d->stop.tid;
	if (debugger_event(d) > d->output_shown)
		d->output_shown = debugger_event(d);
	*stop = d->stop;
	report_failure(d);
}

/* Runs other tasks until this one is next. OUT_GOAL: it is. */
static enum outcome run_until_next(struct debug *d, pid_t tid)
{
	for (;;) {
		struct ptask *pt = debugger_next_task(d);
		if (!pt || debugger_at_end(d))
			return OUT_END;
		if (pt->id == tid)
			return OUT_GOAL;
		const struct goal next = {.at = {debugger_event(d) + 1, 0, 0}};
		d->hits = 0;
		d->hits_max = 1;
		enum outcome out = debugger_forward(d, &next, false);
		if (out != OUT_GOAL)
			return out;
	}
}

/* One instruction, or the event that it leads to; a call up to its return. */
static enum outcome step_on(struct debug *d, pid_t tid)
{
	enum outcome out = run_until_next(d, tid);

	if (out != OUT_GOAL)
		return out;
	struct ptask *pt = debugger_next_task(d);
	if (debugger_points_insert(d, pt))
		return OUT_TROUBLE;
	switch (debugger_insn_step(d, pt)) {
	case STEP_FAILED: debugger_fail(d, "the replay's task has vanished"); return OUT_TROUBLE;
	case STEPPED:
		return debugger_points_watch_check(d, pt, task_triggered_watchpoints(&pt->t))
			       ? OUT_STOP
			       : OUT_GOAL;
	case STEP_AT_EVENT: break;
	}
	for (;;) {
		debugger_points_remove(pt);
		pt->t.mm->breakpoints_plan = d->plan; /* it executes nothing on the way */
		out = debugger_forward_event(d);
		if ((pt = debugger_task(d, tid)))
			pt->t.mm->breakpoints_plan = 0;
		if (out != OUT_GOAL || !pt || pt->state != PTASK_AT_CALL)
			return out == OUT_GOAL && !pt ? run_until_next(d, tid) : out;
		if ((out = run_until_next(d, tid)) != OUT_GOAL)
			return out;
	}
}

static enum outcome step_range(struct debug *d, const struct debug_resume *go)
{
	for (unsigned n = 1;; n++) {
		enum outcome out =
			go->backward ? debugger_reverse_step(d, go->step) : step_on(d, go->step);
		struct ptask *pt = debugger_task(d, go->step);
		if (out != OUT_GOAL || !pt || ARCH_PC(&pt->t.regs) < go->lo ||
		    ARCH_PC(&pt->t.regs) >= go->hi)
			return out;
		const struct stop_point *q = debugger_points_break_at(d, pt);
		if (q) {
			d->stop = (struct debug_stop){.kind = DEBUG_STOP_BREAK,
						      .pid = pt->pid,
						      .tid = pt->id,
						      .addr = q->addr};
			return OUT_STOP;
		}
		if (n % 64 == 0 && d->o.poll && d->o.poll(d->o.ctx))
			return OUT_INTERRUPT;
	}
}

static enum outcome run_on(struct debug *d)
{
	d->keeping = true;
	d->hits = 0;
	d->hits_max = 1;
	enum outcome out = debugger_forward(d, NULL, false);
	d->keeping = false;
	return out;
}

void debug_resume(struct debug *d, const struct debug_resume *go, struct debug_stop *stop)
{
	enum outcome out;

	if (!go->backward || go->step)
		d->reversed = 0;
	if (d->diversion)
		out = debugger_diversion_resume(d, go);
	else if (go->step)
		out = step_range(d, go);
	else
		out = go->backward ? debugger_reverse_stop(d) : run_on(d);
	finish_run(d, out, go->backward, stop);
	if (go->step && stop->kind == DEBUG_STOP_STEP && debugger_task(d, go->step)) {
		stop->tid = d->stop.tid = d->current = go->step;
		stop->pid = d->stop.pid = debugger_task(d, go->step)->pid;
	}
}

void debug_seek(struct debug *d, const struct debug_position *p, struct debug_stop *stop)
{
	const struct goal g = {.at = *p};

	debug_diversion_end(d);
	d->reversed = 0;
	finish_run(d, debugger_seek(d, &g), false, stop);
}

struct debug_figures debug_figures(struct debug *d)
{
	d->figures.checkpoints = d->nmarks;
	d->figures.bytes = 0;
	for (size_t i = 0; i < d->nmarks; i++)
		d->figures.bytes += replayer_checkpoint_bytes(d->marks[i].c);
	return d->figures;
}
