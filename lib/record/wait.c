/* Waiting for tasks: who has stopped, who is blocked. */
#include "record/wait.h"

#include "record/control.h"
#include "record/exits.h"
#include "record/leftover.h"
#include "record/looks.h"
#include "record/recorder.h"
#include "record/signals.h"
#include "record/ticks.h"
#include "tracee/procfs.h"
#include "util/clock.h"
#include "util/size.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static void take_status(struct recorder *r, pid_t tid, int status)
{
	struct rtask *rt = recorder_find(r, tid);

	if (!rt) {
		/* A new task may stop before the task that made it does. */
		if (wait_is_stop(status) && r->nearly < ARRAY_LEN(r->early))
			r->early[r->nearly++] = tid;
		if (!wait_is_stop(status))
			looks_ended(r, tid);
		return;
	}
	if (!wait_is_stop(status) && rtask_is_over(rt)) {
		rtask_reaped(r, rt, status); /* a leader, after its last thread */
		return;
	}
	r->stop_shown = false;
	kernel_look_abandon(&rt->call); /* it has been killed */
	rtask_set_stop(r, rt, status);
	rt->sched = SCHED_READY;
}

/* One status, if there is one. flags as for waitpid. 1, 0 for none, -1 for no tasks at all. */
static int wait_one(struct recorder *r, pid_t which, int flags)
{
	int status;
	pid_t tid = waitpid(which, &status, __WALL | flags);

	if (tid == 0)
		return 0;
	if (tid < 0)
		return errno == EINTR ? 0 : -1;
	take_status(r, tid, status);
	return 1;
}

void recorder_take_stops(struct recorder *r)
{
	while (wait_one(r, -1, WNOHANG) == 1)
		;
}

void rtask_take_stop_of_kill(struct recorder *r, struct rtask *rt)
{
	if (!rt->stop.pending)
		wait_one(r, rt->t.tid, WNOHANG);
}

static bool sleeps(pid_t tid)
{
	uint64_t s = proc_stat_field(tid, 3);

	return s != 'R' && s != 't';
}

static bool has_shared_memory(struct task *t)
{
	struct maps_line l;
	struct maps_file *f = maps_open(t->tid);
	bool shared = !f;

	while (!shared && maps_next(f, &l))
		shared = l.shared;
	maps_close(f);
	return shared;
}

/* Some task is ready that cannot see this one's memory. */
static bool unrelated_ready(struct recorder *r, struct rtask *rt)
{
	struct rtask *x;

	TAILQ_FOREACH(x, &r->tasks, link)
		if (x != rt && rtask_is_ready(x) && x->t.mm != rt->t.mm)
			return !has_shared_memory(&rt->t);
	return false;
}

/* Interrupts a task that has run for a time slice while others are ready: it is then asked to stop
 * at its next counted edge. Code without counted edges has no exact point to be preempted at. But
 * if no other task can see its memory, nothing depends on when the others run: they run meanwhile,
 * and the trace has no event for that. */
static void preempt(struct recorder *r, struct rtask *rt)
{
	uint64_t now = clock_now_ns();

	recorder_take_stops(r);
	if (r->counter == RECORD_STEP || !rtask_can_interrupt(rt) || r->preemption.rt ||
	    now - r->slice_start < r->slice_ns || !recorder_others_ready(r, rt))
		return;
	if (rt->edge_asked_ns && now - rt->edge_asked_ns < SLICE_NS)
		return;
	bool stuck =
		r->counter != RECORD_HPC && (rt->edge_asked_ns || !kernel_mm_counted(rt->t.mm));
	if (stuck && !kernel_mm_counted(rt->t.mm) && !unrelated_ready(r, rt))
		return;
	if (!task_resume(&rt->t, PTRACE_INTERRUPT, 0))
		r->preemption = (struct preemption){rt, stuck ? PREEMPT_NO_EDGE : PREEMPT_SLICE};
}

void rtask_preempted(struct recorder *r, struct rtask *rt)
{
	bool stuck = r->preemption.why == PREEMPT_NO_EDGE;

	r->preemption.rt = NULL;
	if (rtask_in_call(rt))
		return;
	if (!stuck) {
		tick_stop_at_edge(rt);
		return;
	}
	if (kernel_mm_counted(rt->t.mm)) {
		tick_warn_uncounted(r, rt);
		rt->edge_asked_ns = clock_now_ns();
	}
	if (rt->state == RTASK_BETWEEN && unrelated_ready(r, rt))
		rtask_set_state(rt, RTASK_BETWEEN_FREE);
}

/* A call that is taken not to wait, or a page fault, sleeps in the kernel for other tasks: a
 * process may serve the file system of its file. The state of a task that is about to stop can look
 * the same, so this is believed when it is seen at the second look, a period of the timer after the
 * first. */
static bool sleeps_unseen(struct recorder *r, struct rtask *rt, unsigned *looks)
{
	if ((!rtask_in_call(rt) && !rtask_is_running(rt)) || !sleeps(rt->t.tid)) {
		*looks = 0;
		return false;
	}
	recorder_take_stops(r);
	return ++*looks > 1 && !rt->stop.pending && recorder_others_ready(r, rt);
}

/* The others run while the task waits in a page fault. It stops before its next instruction, but
 * its position now is not exact: those that can see its memory see it too early in a replay. */
static bool leave_in_fault(struct recorder *r, struct rtask *rt)
{
	if (r->counter == RECORD_STEP ||
	    (r->preemption.rt != rt && task_resume(&rt->t, PTRACE_INTERRUPT, 0)))
		return false;
	if (!unrelated_ready(r, rt))
		looks_warn_inexact(r);
	if (r->preemption.rt == rt)
		r->preemption.rt = NULL;
	soft_leave(&r->soft, &rt->count);
	rtask_set_state(rt, RTASK_BETWEEN);
	rtask_set_state(rt, RTASK_BETWEEN_FREE);
	return true;
}

/* The leader of a thread group that is killed while it is stopped (by exit_group in another thread)
 * may end without a stop. The kernel reports it only after the last thread, which is waiting for
 * the recorder. */
static bool ended_unseen(const struct rtask *rt)
{
	return rt->t.tid == rt->tgid && proc_stat_field(rt->t.tid, 3) == 'Z';
}

enum waited rtask_wait(struct recorder *r, struct rtask *rt)
{
	bool alone = r->live == 1;
	bool may_block = rtask_in_call(rt) && kernel_may_block(&rt->call);
	unsigned looks = 0;

	if (!alone && !r->alarmed) {
		r->alarmed = true;
		control_tick();
	}
	/* In the program's code, or in a call that cannot block: no other task may run before this
	 * one stops. */
	if (!may_block || alone) {
		int n = wait_one(r, alone ? -1 : rt->t.tid, 0);
		while (n == 0 || (n == 1 && !rt->stop.pending)) {
			/* it has executed a program, and has another id now */
			if (may_block && recorder_others_ready(r, rt))
				return WAITED_BLOCKED;
			control_check(r);
			leftover_check(r);
			if (recorder_gives_up(r))
				return WAITED_NEVER;
			signal_check_overdue(rt);
			if (!may_block && !alone)
				preempt(r, rt);
			if (!alone && n == 0 && sleeps_unseen(r, rt, &looks) &&
			    (rtask_in_call(rt) || leave_in_fault(r, rt)))
				return WAITED_BLOCKED;
			if (!alone && n == 0 && !rt->stop.pending && ended_unseen(rt)) {
				rt->stop = (struct stop){true, (int)proc_stat_field(rt->t.tid, 52)};
			}
			if (rt->stop.pending)
				break;
			n = wait_one(r, alone ? -1 : rt->t.tid, 0);
		}
		return n < 0 ? WAITED_GONE : WAITED_STOP;
	}
	for (unsigned i = 0;; i++) {
		control_check(r);
		leftover_check(r);
		if (recorder_gives_up(r))
			return WAITED_NEVER;
		if (wait_one(r, rt->t.tid, WNOHANG) < 0)
			/* its id may have changed: a thread that has executed a program */
			recorder_take_stops(r);
		if (rt->stop.pending)
			return WAITED_STOP;
		if (!recorder_others_ready(r, rt)) {
			/* No other task is ready: the first that stops is run next. */
			if (wait_one(r, -1, 0) < 0)
				return WAITED_GONE;
			if (rt->stop.pending)
				return WAITED_STOP;
			continue;
		}
		if (i && sleeps(rt->t.tid)) {
			/* It may have stopped just before its state was read. */
			wait_one(r, rt->t.tid, WNOHANG);
			if (rt->stop.pending)
				return WAITED_STOP;
			return WAITED_BLOCKED;
		}
		sched_yield();
	}
}

void recorder_wait(struct recorder *r)
{
	struct rtask *rt;

	if (wait_one(r, -1, 0) < 0) {
		/* The kernel has no task left to report: those that are still in the list are gone.
		 */
		TAILQ_FOREACH(rt, &r->tasks, link)
			if (rt->state != RTASK_GONE)
				rtask_gone(r, rt);
	}
	recorder_take_stops(r);
	control_check(r);
}
