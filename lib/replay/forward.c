/* Forwards through a replay, with stops on the way. */
#include "replay/debugger.h"
#include "replay/displace.h"
#include "replay/page_watch.h"
#include "tracee/address_space.h"
#include "tracee/breakpoints.h"
#include "tracee/waitstatus.h"
#include "tracee/watchpoints.h"

#include <signal.h>
#include <sys/ptrace.h>

/* --- stops --- */

static bool counts_as_hit(struct debug *d)
{
	d->hits++;
	return d->hits_max && d->hits >= d->hits_max;
}

static void stop_at_break(struct debug *d, struct ptask *pt, const struct stop_point *q)
{
	d->stop = (struct debug_stop){.kind = DEBUG_STOP_BREAK,
				      .pid = pt->pid,
				      .tid = pt->id,
				      .hard = q->kind == DEBUG_BREAK_HARD,
				      .addr = q->addr};
}

static void hurry(struct debug *d, struct ptask *pt)
{
	d->hooks.stop_soon = true;
	if (kernel_mm_counted(pt->t.mm))
		code_arm_next(&pt->t, &pt->count);
}

static enum hook_answer at_clock(struct debug *d, struct ptask *pt)
{
	if (d->o.poll && d->o.poll(d->o.ctx))
		d->interrupted = true;
	if (d->hooks.stop_soon && d->interrupted) { /* no counted edge will stop it */
		debugger_insn_finish(d, pt);
		return HOOK_STAY;
	}
	if (d->interrupted || debugger_checkpoint_due(d))
		hurry(d, pt);
	return HOOK_NOT_MINE;
}

static enum hook_answer at_watchpoint(struct debug *d, struct ptask *pt, unsigned triggered)
{
	debugger_insn_finish(d, pt);
	return debugger_points_watch_check(d, pt, triggered) ? HOOK_STAY : HOOK_RESUME;
}

static enum hook_answer at_breakpoint(struct debug *d, struct ptask *pt)
{
	ARCH_PC(&pt->t.regs)--;
	debugger_insn_origin(pt);
	const struct stop_point *q = debugger_points_break_at(d, pt);
	if (!q) {
		debugger_insn_leave_break(d, pt);
		return d->ntouched ? at_watchpoint(d, pt, 0) : HOOK_RESUME;
	}
	stop_at_break(d, pt, q);
	ptask_set_regs(pt);
	return HOOK_STAY;
}

static enum hook_answer at_guard(struct debug *d, struct ptask *pt, int status)
{
	return debugger_insn_pass_page_watch(d, pt, status)
		       ? at_watchpoint(d, pt, task_triggered_watchpoints(&pt->t))
		       : HOOK_RESUME;
}

enum hook_answer debugger_hook_stop(struct replayer_hooks *s, struct replayer *p, struct ptask *pt,
				    int status)
{
	struct debug *d = (struct debug *)s;
	siginfo_t si;

	(void)p;
	if (debugger_displace_undo(&pt->t, &pt->t.regs, pt->count.page.saved[0]))
		task_gone_ok(task_set_regs(&pt->t));
	if (wait_event(status))
		return at_clock(d, pt);
	if (debugger_page_watch_triggered(pt, status))
		return at_guard(d, pt, status);
	if (wait_signal(status) != SIGTRAP || task_siginfo(&pt->t, &si))
		return HOOK_NOT_MINE;
	if (task_is_breakpoint_trap(&si) && task_find_breakpoint(&pt->t, ARCH_PC(&pt->t.regs) - 1))
		return at_breakpoint(d, pt);
	if ((si.si_code == TRAP_HWBKPT || si.si_code == TRAP_TRACE) && !pt->t.debugged) {
		unsigned triggered = task_triggered_watchpoints(&pt->t);
		if (triggered)
			return at_watchpoint(d, pt, triggered);
	}
	return HOOK_NOT_MINE;
}

enum step_result debugger_hook_step(struct replayer_hooks *s, struct ptask *pt,
				    struct arch_nondet *c, int *status)
{
	return debugger_insn_step_counted((struct debug *)s, pt, c, status);
}

#define INSNS_A_POLL 1024

/* With the step counter, breakpoints are not in memory: the task's pc is compared with them. */
bool debugger_hook_insn(struct replayer_hooks *s, struct ptask *pt)
{
	struct debug *d = (struct debug *)s;
	unsigned triggered = pt->watched ? task_triggered_watchpoints(&pt->t) : 0;

	if ((triggered || d->ntouched) && debugger_points_watch_check(d, pt, triggered))
		return true;
	const struct stop_point *q = debugger_points_break_at(d, pt);
	if (q) {
		stop_at_break(d, pt, q);
		return true;
	}
	if (++d->polls % INSNS_A_POLL == 0 && d->o.poll && d->o.poll(d->o.ctx))
		d->interrupted = true;
	if (d->interrupted)
		return true;
	return d->insns_known && !d->insns &&
	       ((s->ticks && pt->count.ticks == s->ticks) || debugger_checkpoint_due(d));
}

enum hook_answer debugger_hook_over_insn(struct replayer_hooks *s, struct ptask *pt)
{
	struct debug *d = (struct debug *)s;
	const struct stop_point *q = debugger_points_break_at(d, pt);

	if (q) {
		stop_at_break(d, pt, q);
		return HOOK_STAY;
	}
	if (debugger_insn_step(d, pt) != STEPPED)
		return HOOK_NOT_MINE;
	return debugger_points_watch_check(d, pt,
					   pt->watched ? task_triggered_watchpoints(&pt->t) : 0)
		       ? HOOK_STAY
		       : HOOK_RESUME;
}

static bool wants_call(const struct debug *d, uint16_t nr)
{
	bool any = true;

	if (!d->catch.calls)
		return false;
	for (int i = 0; i < 16; i++)
		any &= !d->catch.only[i];
	return any || (nr < 1024 && d->catch.only[nr / 64] >> nr % 64 & 1);
}

static bool enters_call(const struct trace_event *ev)
{
	return ev->kind == EV_ENTER || ev->kind == EV_CLONE ||
	       (ev->kind == EV_SYSCALL && !(ev->flags & (EVF_RESUMED | EVF_EXEC)));
}

bool debugger_hook_event(struct replayer_hooks *s, struct replayer *p, struct ptask *pt)
{
	struct debug *d = (struct debug *)s;
	const struct trace_event *ev = &p->ev;
	const struct sys_desc *sys = systab_get(ev->sysno);
	struct debug_stop stop = {.pid = pt->pid, .tid = pt->id};

	bool maps = ev->nmaps || (ev->kind == EV_SYSCALL && sys && sys->cls == SYS_REAL);
	/* What the program may not write to is not written for it where others have it, too. */
	bool shared = page_watches(pt->t.mm)->guards_shared && ev->ndata;
	if (maps || shared || ev->kind == EV_CHECKSUM)
		debugger_points_remove(pt);
	if (d->stop_reached)
		return true;
	if (d->reported == ev->num || d->ignore_points)
		return false;
	if (ev->kind == EV_SIGNAL && ev->result >= 1 && ev->result <= 64 &&
	    d->catch.signals >> (ev->result - 1) & 1) {
		stop.kind = DEBUG_STOP_SIGNAL;
		stop.number = (int)ev->result;
		d->siginfo_event = ev->num;
	} else if (enters_call(ev) && wants_call(d, ev->sysno)) {
		stop.kind = DEBUG_STOP_CALL_ENTRY;
		stop.number = ev->sysno;
	} else {
		return false;
	}
	d->reported = ev->num;
	d->stop = stop;
	return true;
}

static bool clone_stop(const struct debug *d, const struct trace_event *ev, struct debug_stop *stop)
{
	bool thread = ev->flags & EVF_GROUP;

	stop->kind = thread                   ? DEBUG_STOP_THREAD
		     : ev->flags & EVF_THREAD ? DEBUG_STOP_VFORK
					      : DEBUG_STOP_FORK;
	stop->other = ev->other;
	return thread ? d->catch.threads : d->catch.forks;
}

static bool exit_stop(struct debug *d, const struct trace_event *ev, struct debug_stop *stop)
{
	stop->number = (int)ev->result;
	if (!debugger_process(d, stop->pid)) {
		stop->kind = DEBUG_STOP_EXIT;
		return true;
	}
	stop->kind = DEBUG_STOP_THREAD_END;
	return d->catch.threads;
}

/* Whether the event that has just been applied is a stop. pid: its task's, before the event. */
static bool event_stop(struct debug *d, const struct trace_event *ev, pid_t pid)
{
	struct ptask *pt = debugger_task(d, ev->tid),
		     *child = ev->kind == EV_CLONE ? debugger_task(d, ev->other) : NULL;
	struct debug_stop stop = {.pid = pid, .tid = ev->tid};
	bool stops = false;

	if (child) /* it has inherited memory with its parent's breakpoints */
		child->t.mm->breakpoints_plan = 0;
	if (pt && !debugger_event_needs_no_run(ev) && debugger_points_watch_check(d, pt, 0))
		return true;
	if (d->ignore_points)
		return false;
	if (ev->kind == EV_CLONE) {
		stops = clone_stop(d, ev, &stop);
	} else if (ev->kind == EV_EXIT) {
		stops = exit_stop(d, ev, &stop);
	} else if (ev->kind == EV_SYSCALL && ev->flags & EVF_EXEC) {
		stop.kind = DEBUG_STOP_EXEC;
		stop.tid = ev->other ? ev->other : ev->tid;
		stops = d->catch.execs;
	} else if (ev->kind == EV_SYSCALL) {
		stop.kind = DEBUG_STOP_CALL_RETURN;
		stop.number = ev->sysno;
		stops = wants_call(d, ev->sysno);
	}
	if (stops)
		d->stop = stop;
	return stops;
}

/* --- runs --- */

bool debugger_at_end(struct debug *d)
{
	struct trace_event ev;
	int r;

	if (d->p.ev.kind != EV_EXIT || d->p.event == EVENT_REACHED)
		return false;
	if (!d->exits_from) {
		if (trace_seek(d->peek, d->p.ev.num))
			return false;
		while ((r = trace_next(d->peek, &ev)) == 1 && ev.kind == EV_EXIT)
			;
		if (r)
			return false;
		d->exits_from = d->p.ev.num;
	}
	return d->p.ev.num >= d->exits_from;
}

static enum outcome verdict(struct debug *d, enum replayer_result v)
{
	if (v == REPLAYER_OVER)
		return OUT_END;
	debugger_fail(d,
		      v == REPLAYER_DIVERGED ? "the replay has diverged at event %lu"
					     : "the replay cannot go on at event %lu",
		      (unsigned long)d->p.ev.num);
	return OUT_TROUBLE;
}

/* The next event has been applied to a task of that process. */
static enum outcome event_done(struct debug *d, pid_t pid)
{
	const struct trace_event ev = d->p.ev;

	d->insns = 0;
	d->insns_known = true;
	d->figures.events_replayed++;
	return event_stop(d, &ev, pid) ? OUT_STOP : OUT_GOAL;
}

enum outcome debugger_forward_event(struct debug *d)
{
	struct ptask *pt = debugger_next_task(d);
	pid_t pid = pt ? pt->pid : 0;

	if (pt && debugger_points_insert(d, pt))
		return OUT_TROUBLE;
	enum replayer_result v = replayer_next(&d->p);
	if (v == REPLAYER_PAUSED)
		return OUT_STOP;
	return v ? verdict(d, v) : event_done(d, pid);
}

static bool is_there(struct debug *d, const struct goal *g, struct ptask *pt)
{
	if (!g->by_state)
		return d->insns_known && d->insns >= g->at.insns;
	return arch_regs_differ(&g->regs, &pt->t.regs, false) < 0 &&
	       debugger_stack_sum(d, pt) == g->stack;
}

enum outcome debugger_forward_reach(struct debug *d)
{
	struct ptask *pt = debugger_next_task(d);

	d->stop_reached = true;
	enum replayer_result v = replayer_next(&d->p);
	d->stop_reached = false;
	if (v != REPLAYER_PAUSED)
		return verdict(d, v);
	if (pt && pt->state == PTASK_AT_CALL)
		d->insns++;
	return OUT_GOAL;
}

/* Steps from the goal's event and tick to its instruction. */
static enum outcome walk(struct debug *d, const struct goal *g)
{
	for (;;) {
		struct ptask *pt = debugger_next_task(d);
		if (is_there(d, g, pt))
			return OUT_GOAL;
		if (debugger_points_insert(d, pt))
			return OUT_TROUBLE;
		uint64_t ticks = pt->count.ticks;
		switch (debugger_insn_step(d, pt)) {
		case STEP_FAILED:
			debugger_fail(d, "the replay's task has vanished");
			return OUT_TROUBLE;
		case STEP_AT_EVENT:
			/* the goal is here or past */
			return d->p.event == EVENT_REACHED ? OUT_GOAL : debugger_forward_reach(d);
		case STEPPED: break;
		}
		if (pt->count.ticks != ticks)
			return OUT_GOAL;
		/* A watchpoint stops after its access, which is before the goal; a breakpoint at
		 * the goal is past it. */
		bool triggered =
			     debugger_points_watch_check(d, pt, task_triggered_watchpoints(&pt->t)),
		     there = is_there(d, g, pt);
		const struct stop_point *q = there ? NULL : debugger_points_break_at(d, pt);
		if (q)
			stop_at_break(d, pt, q);
		if ((q || triggered) && counts_as_hit(d))
			return OUT_STOP;
		if (there)
			return OUT_GOAL;
	}
}

/* The replay has paused: at a stop, by an interrupt, or at a tick. */
static enum outcome paused(struct debug *d)
{
	if (d->interrupted)
		return OUT_INTERRUPT;
	if (d->stop.kind != DEBUG_STOP_STEP)
		return counts_as_hit(d) ? OUT_STOP : OUT_GOAL;
	/* right after a counted edge */
	d->insns = 0;
	d->insns_known = true;
	debugger_checkpoint_if_due(d, false);
	return OUT_GOAL;
}

/* Leaves the breakpoint at which the task is. */
static enum outcome leave(struct debug *d, struct ptask *pt)
{
	uint64_t v[2];

	code_entries(code_of(pt->t.mm), ARCH_PC(&pt->t.regs), v);
	if (d->p.event == EVENT_REACHED || pt->state == PTASK_AT_CALL ||
	    debugger_points_insert(d, pt) || (!task_find_breakpoint(&pt->t, v[0]) && !pt->watched))
		return OUT_GOAL;
	switch (debugger_insn_step(d, pt)) {
	case STEP_FAILED: debugger_fail(d, "the replay's task has vanished"); return OUT_TROUBLE;
	case STEP_AT_EVENT:
		/* The task comes to its event without executing anything. The breakpoint is taken
		 * out, and placed again afterwards. */
		task_remove_breakpoint(&pt->t, v[0]);
		pt->t.mm->breakpoints_plan = 0;
		d->lifted = ARCH_PC(&pt->t.regs);
		return OUT_GOAL;
	case STEPPED: break;
	}
	const struct stop_point *q = debugger_points_break_at(d, pt);
	if (q)
		stop_at_break(d, pt, q);
	return (q || debugger_points_watch_check(d, pt, task_triggered_watchpoints(&pt->t))) &&
			       counts_as_hit(d)
		       ? OUT_STOP
		       : OUT_GOAL;
}

/* Sets the tick to stop at on the way to the next event. OUT_STOP: the goal's event and tick are
 * here. */
static enum outcome aim(struct debug *d, const struct goal *g)
{
	struct ptask *pt = debugger_next_task(d);

	d->hooks.ticks = 0;
	d->hooks.stop_soon = false;
	if (!g || debugger_event(d) < g->at.event)
		return OUT_GOAL;
	if (debugger_event(d) > g->at.event || !pt || pt->count.ticks >= g->at.ticks)
		return OUT_STOP;
	d->hooks.ticks = g->at.ticks;
	return OUT_GOAL;
}

static enum outcome run_on(struct debug *d)
{
	struct ptask *pt = debugger_next_task(d);
	pid_t pid = pt ? pt->pid : 0;
	bool lifted = d->lifted;

	d->lifted = 0;
	d->stop.kind = DEBUG_STOP_STEP;
	if (pt && !lifted && debugger_points_insert(d, pt))
		return OUT_TROUBLE;
	d->insns_known &= d->p.by != NULL; /* only the step counter counts them */
	enum replayer_result v = replayer_next(&d->p);
	if (v == REPLAYER_PAUSED) {
		d->insns_known &= d->p.event != EVENT_REACHED;
		return paused(d);
	}
	if (v)
		return verdict(d, v);
	if (event_done(d, pid) == OUT_STOP && counts_as_hit(d))
		return OUT_STOP;
	debugger_checkpoint_if_due(d, false);
	return OUT_GOAL;
}

enum outcome debugger_forward(struct debug *d, const struct goal *g, bool from_here)
{
	enum outcome out = OUT_GOAL;

	d->interrupted = false;
	d->hooks.stop_soon = false;
	debugger_points_remember(d);
	if (replayer_load(&d->p) == REPLAYER_OK && debugger_next_task(d)) {
		struct ptask *pt = debugger_next_task(d);
		const struct stop_point *q = from_here && pt->state != PTASK_AT_CALL
						     ? debugger_points_break_at(d, pt)
						     : NULL;
		if (q) {
			stop_at_break(d, pt, q);
			if (counts_as_hit(d))
				return OUT_STOP;
		}
	}
	debugger_clock(d, true);
	for (bool first = true; out == OUT_GOAL; first = false) {
		enum replayer_result v = replayer_load(&d->p);
		if (v) {
			out = verdict(d, v);
			break;
		}
		if (debugger_at_end(d)) {
			out = OUT_END;
			break;
		}
		if (aim(d, g) == OUT_STOP) {
			out = debugger_event(d) > g->at.event || !debugger_next_task(d)
				      ? OUT_GOAL
				      : walk(d, g);
			break;
		}
		struct ptask *pt = debugger_next_task(d);
		if (pt && (first || d->stop.kind == DEBUG_STOP_BREAK) &&
		    (out = leave(d, pt)) != OUT_GOAL)
			break;
		if (aim(d, g) == OUT_STOP)
			continue;
		if (d->o.poll && d->figures.events_replayed % 64 == 0 && d->o.poll(d->o.ctx))
			out = OUT_INTERRUPT;
		else
			out = run_on(d);
	}
	debugger_clock(d, false);
	return out;
}
