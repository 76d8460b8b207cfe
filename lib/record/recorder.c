/* The recorder's loop: which task runs next, and what each stop means. */
#include "record/recorder.h"

#include "record/calls.h"
#include "record/chaos.h"
#include "record/control.h"
#include "record/crash.h"
#include "record/emulated.h"
#include "record/exits.h"
#include "record/inherit.h"
#include "record/launch.h"
#include "record/leftover.h"
#include "record/looks.h"
#include "record/signals.h"
#include "record/ticks.h"
#include "record/wait.h"
#include "tracee/address_space.h"
#include "tracee/procfs.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/size.h"

#include <assert.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct task *find_task(struct recording *rec, pid_t tid)
{
	struct rtask *rt = recorder_find((struct recorder *)rec, tid);

	return rt && rt->state != RTASK_GONE ? &rt->t : NULL;
}

static pid_t tracer_of(struct recording *rec, const struct task *t)
{
	(void)rec;
	return ((const struct rtask *)t)->traced.by;
}

static char state_of(struct recording *rec, const struct task *t)
{
	const struct rtask *rt = (const struct rtask *)t;

	(void)rec;
	if (traced_is_stopped(&rt->traced) || rt->traced.state == TRACED_LISTENING)
		return 't';
	return rt->sched == SCHED_STOPPED ? 'T' : 'R';
}

static bool object_mapped(struct recording *rec, uint64_t object)
{
	struct rtask *rt;

	TAILQ_FOREACH(rt, &((struct recorder *)rec)->tasks, link)
		if (rt->t.mm && kernel_mm_maps_object(rt->t.mm, object))
			return true;
	return false;
}

static void each_space(struct recording *rec, void (*fn)(void *ctx, struct task *t), void *ctx)
{
	struct rtasks *tasks = &((struct recorder *)rec)->tasks;
	struct rtask *rt, *before;

	TAILQ_FOREACH(rt, tasks, link) {
		TAILQ_FOREACH(before, tasks, link)
			if (before == rt || before->t.mm == rt->t.mm)
				break;
		if (before == rt && rt->t.mm)
			fn(ctx, &rt->t);
	}
}

static int memory_sum(struct recorder *r, struct rtask *rt, uint64_t *sum)
{
	uint64_t *sps = xcalloc(r->live, sizeof(*sps));
	struct rtask *x;
	size_t n = 0;

	TAILQ_FOREACH(x, &r->tasks, link)
		if (x->state != RTASK_GONE && x->t.mm == rt->t.mm && n < r->live)
			sps[n++] = x->sp;
	int e = task_checksum(&rt->t, sps, n, sum);
	free(sps);
	return e;
}

static void put_checksum(struct recorder *r, struct rtask *rt)
{
	uint64_t sum;
	struct trace_event ev = {
		.kind = EV_CHECKSUM, .regs = rt->point.regs, .after = rt->point.regs};

	if (trace_events_put(r->rec.w) < r->next_checksum || memory_sum(r, rt, &sum))
		return;
	ev.result = (int64_t)sum;
	rtask_put_event(r, rt, &ev);
	r->next_checksum = trace_events_put(r->rec.w) + r->o->checksum_every;
}

/* Other tasks may run while this one is stopped: at an exact point if there can be one. */
static void rtask_free_others(struct recorder *r, struct rtask *rt)
{
	if (task_get_regs(&rt->t) || !tick_settle(r, rt)) {
		rtask_set_state(rt, RTASK_BETWEEN_FREE);
		return;
	}
	tick_stop_here(r, rt);
}

static void group_stop(struct recorder *r, struct rtask *rt)
{
	rt->continued = false;
	/* The process's other threads have to run to come to their own group-stops. */
	if (rt->state == RTASK_BETWEEN)
		rtask_free_others(r, rt);
	if (rt->traced.by)
		emulated_stop_in_group(r, rt);
	else
		emulated_listen(rt);
	/* The terminal's stop is the shell's business at once; another may be undone by a task. */
	if (rt == r->root && rt->group_sig != SIGSTOP && getpgid(rt->tgid) == getpgrp()) {
		r->stop_shown = true;
		control_stop(r, rt->group_sig);
	}
}

/* A group-stop begins or ends, or PTRACE_INTERRUPT has been sent. The kernel reports the signal of
 * the group-stop during one, and SIGCONT by SIGTRAP: do_jobctl_trap() in kernel/signal.c. */
static void event_stop(struct recorder *r, struct rtask *rt, int sig)
{
	const struct traced *d = &rt->traced;
	const bool ours = rt->interrupting || rt == r->preemption.rt;

	rt->interrupting = false;
	if (rt->state == RTASK_BETWEEN && !task_get_regs(&rt->t) && rtask_at_point(rt))
		rtask_set_state(rt, RTASK_AT_POINT);
	rt->group_sig = signal_stops(sig) ? sig : 0;
	if (rt->group_sig && !(rt->continued && ours)) {
		group_stop(r, rt);
		return;
	}
	if (!rt->group_sig)
		rt->continued = false;
	if (rt == r->preemption.rt)
		rtask_preempted(r, rt);
	if (!d->by || !d->seized || (ours && !d->interrupted && d->state != TRACED_LISTENING)) {
		rt->traced.interrupted = false;
		return;
	}
	if (rt->state == RTASK_BETWEEN)
		rtask_free_others(r, rt);
	emulated_stop_interrupted(r, rt);
}

static void ptrace_event(struct recorder *r, struct rtask *rt, int event, int sig)
{
	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE: rtask_cloned(r, rt); break;
	case PTRACE_EVENT_EXEC: rtask_execed(r, rt); break;
	case PTRACE_EVENT_EXIT:
		rtask_killed_at_entry(r, rt);
		rtask_exiting(r, rt);
		break;
	case PTRACE_EVENT_SECCOMP: rtask_call_entered(r, rt); break;
	case PTRACE_EVENT_STOP: event_stop(r, rt, sig); break;
	default: break;
	}
}

/* A task that stops in its code is taken to be between exact points until something shows that it
 * is at one. */
static void handle_stop(struct recorder *r, struct rtask *rt)
{
	int status = rtask_take_stop(rt);
	const struct wait_status w = wait_decode(status);

	if (rtask_is_running(rt))
		soft_leave(&r->soft, &rt->count);
	if (!wait_is_stop(status)) {
		rt->exit_status = status;
		rtask_gone(r, rt);
		return;
	}
	if (rtask_in_code(rt))
		rtask_set_state(rt, RTASK_BETWEEN);
	/* Any stop ends a PTRACE_INTERRUPT: ptrace_stop() in kernel/signal.c. */
	if (w.event != PTRACE_EVENT_STOP) {
		rt->interrupting = false;
		if (r->preemption.rt == rt)
			r->preemption.rt = NULL;
	}
	signal_restore_mask(rt);
	tick_read(r, rt, w.event == PTRACE_EVENT_SECCOMP);
	switch (w.kind) {
	case WAIT_CALL:
		assert(rtask_in_call(rt));
		rtask_call_returned(r, rt);
		break;
	case WAIT_GROUP_STOP:
	case WAIT_EVENT: ptrace_event(r, rt, w.event, w.signal); break;
	default: signal_stop(r, rt); break;
	}
	if (rt->traced.resume == TRACED_STEPPING && !kernel_look_pid(&rt->call))
		emulated_stepped(r, rt);
	if (rtask_is_settled(rt))
		tick_stop_if_pending(rt);
}

/* Another task that shares its memory is between two exact points. Or that one waits in fork(2):
 * what this one wrote now would be in the copy or not. */
static bool hidden_by_another(struct recorder *r, struct rtask *x)
{
	struct rtask *y;

	TAILQ_FOREACH(y, &r->tasks, link)
		if (y != x && y->t.mm == x->t.mm &&
		    (y->state == RTASK_BETWEEN || (rtask_in_call(y) && y->copied)))
			return true;
	return false;
}

static bool may_run(struct recorder *r, struct rtask *x)
{
	return rtask_is_ready(x) && !hidden_by_another(r, x);
}

/* Round-robin: the first task comes after the last. */
static struct rtask *task_after(struct recorder *r, struct rtask *rt)
{
	struct rtask *next = rt ? TAILQ_NEXT(rt, link) : NULL;

	return next ? next : TAILQ_FIRST(&r->tasks);
}

/* The next task after rt that can run. */
static struct rtask *next_ready(struct recorder *r, struct rtask *rt)
{
	struct rtask *first = task_after(r, rt), *x = first;

	if (r->chaos)
		return chaos_pick(r, may_run);
	do {
		if (may_run(r, x))
			return x;
		x = task_after(r, x);
	} while (x != first);
	return NULL;
}

/* A task that loops in calls may wait for one that has been woken. That takes its turn soon, as it
 * would on a kernel; a look costs a call, so that not every call of the task is followed by one. */
#define WOKEN_NS 1000000u

static bool woken_waits(struct recorder *r, const struct rtask *rt, uint64_t now)
{
	const struct rtask *x;

	if (rt->point.kind != POINT_EVENT || now - r->looked_ns < WOKEN_NS)
		return false;
	r->looked_ns = now;
	recorder_take_stops(r);
	TAILQ_FOREACH(x, &r->tasks, link)
		if (x != rt && x->stop.pending && rtask_is_ready(x))
			return true;
	return false;
}

static bool slice_is_over(struct recorder *r, struct rtask *rt)
{
	if (!rtask_can_preempt(rt) || r->live == 1)
		return false;
	if (r->chaos && chaos_ends_slice(r, rt)) {
		recorder_take_stops(r);
		if (!recorder_others_ready(r, rt))
			return false;
		if (rt->point.kind == POINT_TICK)
			tick_put_switch(r, rt);
		return true;
	}
	bool yields = rt->call.nr == SYS_sched_yield && rt->point.kind == POINT_EVENT;
	uint64_t now = clock_now_ns();
	if (!yields && now - r->slice_start < r->slice_ns && !woken_waits(r, rt, now))
		return false;
	recorder_take_stops(r);
	if (rt->point.kind == POINT_TICK && recorder_others_ready(r, rt))
		tick_put_switch(r, rt);
	return true;
}

static void prepare(struct recorder *r, struct rtask *rt)
{
	if (rtask_can_checksum(rt) && r->next_checksum)
		put_checksum(r, rt);
	if (rt->state == RTASK_AT_POINT && r->chaos && r->live > 1 && !rt->edge_asked_ns &&
	    rt->count.armed > SOFT_FAR / 2)
		soft_arm(&rt->count, chaos_ticks(r, rt));
}

static void resume(struct recorder *r, struct rtask *rt, int sig)
{
	const bool in_code = rtask_in_code(rt);

	assert(rt->sched == SCHED_READY && !rt->stop.pending && !rtask_is_over(rt));
	if (in_code) {
		rtask_set_state(rt, RTASK_RUNNING);
		soft_enter(&r->soft, &rt->count);
	}
	if (rt->traced.interrupted && !sig)
		emulated_interrupt(rt);
	task_gone_ok(task_resume(&rt->t, in_code ? PTRACE_CONT : PTRACE_SYSCALL, sig));
}

/* Lets the task run to its next stop, which is to be handled, or (step counter) over one
 * instruction: WAITED_STEP. */
static enum waited go(struct recorder *r, struct rtask *rt)
{
	if (rt->traced.at && emulated_resume(r, rt))
		return WAITED_STEP;
	if (emulated_stop_if_interrupted(r, rt))
		return WAITED_STEP;
	if (rt->ends_untraced) {
		rtask_end_untraced(r, rt);
		return WAITED_STEP;
	}
	if (rt->traced.debug_due && !rtask_in_call(rt)) {
		rt->traced.debug_due = false;
		kernel_debug_registers_set(&rt->t, rt->t.debug);
	}
	bool steps = traced_is_stepped(&rt->traced);
	if (rt->t.skips && (steps || rt->inject) && !rtask_leave_entry(r, rt))
		return rt->stop.pending ? WAITED_STOP : rtask_wait(r, rt);
	int sig = rt->inject;

	rt->inject = 0;
	prepare(r, rt);
	if (rtask_can_step(rt) && (steps || r->counter == RECORD_STEP)) {
		switch (steps ? emulated_step(r, rt, sig) : tick_step(r, rt, sig)) {
		case STEP_DONE:
		case STEP_NONDET: return WAITED_STEP;
		case STEP_STOPPED: return WAITED_STOP;
		case STEP_GONE: return rtask_wait(r, rt); /* killed: its end comes */
		case STEP_CALL: break;
		}
	}
	resume(r, rt, sig);
	return rtask_wait(r, rt);
}

/* Runs one task until it blocks, stops, ends, or its time slice is over. */
static void run(struct recorder *r, struct rtask *rt)
{
	enum waited w;

	r->slice_start = r->looked_ns = clock_now_ns();
	rtask_take_stop_of_kill(r, rt);
	while (!r->rec.failed) {
		w = rt->stop.pending ? WAITED_STOP : go(r, rt);
		switch (w) {
		case WAITED_BLOCKED:
			rt->sched = SCHED_BLOCKED;
			if (rtask_in_call(rt))
				rtask_put_entry(r, rt);
			return;
		case WAITED_NEVER: return;
		case WAITED_GONE:
			if (rt->state != RTASK_GONE)
				rtask_gone(r, rt);
			rt->reaped = true;
			return;
		case WAITED_STOP:
			control_check(r); /* while a sender of signals is known */
			handle_stop(r, rt);
			break;
		case WAITED_STEP: control_check(r); break;
		}
		if (rt->sched != SCHED_READY || rtask_is_over(rt) ||
		    traced_is_stopped(&rt->traced) || slice_is_over(r, rt))
			return;
	}
}

/* A SIGCONT or SIGKILL is pending: the task is in group-stop, but will report the end of that. */
static bool leaves_stop(const struct rtask *rt)
{
	uint64_t bits = 1ull << (SIGCONT - 1) | 1ull << (SIGKILL - 1);

	return (proc_status_mask(rt->t.tid, "ShdPnd") | proc_status_mask(rt->t.tid, "SigPnd")) &
	       bits;
}

/* Whether rr-record is to stop as the program has. When the command has ended, its shell no longer
 * waits for it. */
static bool all_stopped(const struct recorder *r)
{
	const struct rtask *rt;
	bool some = false;

	if (r->root_done)
		return false;
	TAILQ_FOREACH(rt, &r->tasks, link) {
		if (rt->state == RTASK_GONE)
			continue;
		if (rt->sched != SCHED_STOPPED || rt->stop.pending || leaves_stop(rt))
			return false;
		some = true;
	}
	return some;
}

static void loop(struct recorder *r)
{
	struct rtask *rt = NULL, *x;

	for (;;) {
		bool waiting = false;
		leftover_check(r);
		looks_check(r);
		TAILQ_FOREACH(x, &r->tasks, link)
			waiting |= x->state != RTASK_GONE || !x->reaped;
		if (!waiting || r->rec.failed || recorder_gives_up(r))
			return;
		TAILQ_FOREACH(x, &r->tasks, link)
			if (x->state == RTASK_ENDING && !x->stop.pending)
				rtask_check_ended(r, x);
		rt = next_ready(r, rt);
		if (!rt) {
			if (all_stopped(r) && !r->stop_shown) {
				r->stop_shown = true;
				control_stop(r, SIGSTOP);
			}
			recorder_wait(r);
			continue;
		}
		run(r, rt);
		if (rt->state == RTASK_GONE) {
			rt = NULL;
			recorder_forget_gone(r);
		}
	}
}

static bool some_live(const struct recorder *r)
{
	const struct rtask *rt;

	TAILQ_FOREACH(rt, &r->tasks, link) {
		uint64_t s = rt->reaped ? 0 : proc_stat_field(rt->t.tid, 3);
		if (s && s != 'Z' && s != 'X')
			return true;
	}
	return false;
}

/* A process that looks at a file (looks.h) may stay. */
static void kill_all(struct recorder *r)
{
	struct rtask *rt;
	int status;

	TAILQ_FOREACH(rt, &r->tasks, link) {
		kernel_look_free(&rt->call);
		if (!rt->reaped)
			kill(rt->tgid, SIGKILL);
	}
	if (!r->killed_ns)
		r->killed_ns = clock_now_ns();
	control_tick();
	while (!recorder_gives_up(r)) {
		pid_t tid = waitpid(-1, &status, __WALL);
		if (tid < 0 && (errno != EINTR || !some_live(r)))
			return;
		if (tid > 0 && wait_is_stop(status))
			ptrace(PTRACE_CONT, tid, NULL, NULL);
	}
}

static void warn_once(struct recording *rec, const char *what, const char *why)
{
	struct recorder *r = (struct recorder *)rec;

	for (size_t i = 0; i < r->nwarned; i++)
		if (!strcmp(r->warned[i], what))
			return;
	if (r->nwarned < ARRAY_LEN(r->warned))
		r->warned[r->nwarned++] = xstrdup(what);
	if (!r->o->quiet)
		warnx("%s: %s", what, why);
}

static void note(struct recording *rec, const char *fmt, ...)
{
	va_list ap;

	(void)rec;
	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
}

static void recorder_free(struct recorder *r)
{
	free(r->chaos);
	kernel_recording_free(&r->rec);
	soft_close(&r->soft);
	for (struct rtask *rt; (rt = TAILQ_FIRST(&r->tasks));) {
		TAILQ_REMOVE(&r->tasks, rt, link);
		mm_put(rt->t.mm);
		rtask_free(rt);
	}
	for (struct ended *e; (e = STAILQ_FIRST(&r->ended));) {
		STAILQ_REMOVE_HEAD(&r->ended, link);
		free(e);
	}
	for (size_t i = 0; i < r->nwarned; i++)
		free(r->warned[i]);
}

static int exit_status(const struct recorder *r, int *signal)
{
	const struct wait_status w = wait_decode(r->root_status);

	if (w.kind != WAIT_KILLED)
		return w.code;
	*signal = w.signal;
	return 128 + *signal;
}

/* Chooses what counts ticks: what the user says, or the hardware counter where there is one, or
 * counted code. Chaos preempts often and at chosen ticks, so it takes counted code. 0, or the exit
 * status after a line on stderr. */
static int start_counter(struct recorder *r)
{
	static const char no_faults[] =
		"time-stamp instructions do not fault on this machine, as its hypervisor does not let them";
	const char *why = NULL;

	r->counter = RECORD_NONE;
	r->soft.fd = r->rec.counter_fd = -1;
	if (r->o->counter == RECORD_NONE && !arch_clock_faults()) {
		warnx("--counter=none: %s: only counted code shows them: leave the option out",
		      no_faults);
		return 125;
	}
	if (r->o->counter == RECORD_HPC || (r->o->counter == RECORD_AUTO && !r->chaos)) {
		why = arch_clock_faults() ? hpc_choose(r->o->cpu, &r->hpc) : no_faults;
		if (!why) {
			r->counter = RECORD_HPC;
			return 0;
		}
	}
	if (r->o->counter == RECORD_HPC) {
		warnx("--counter=hpc: there is no usable hardware counter: %s", why);
		return 125;
	}
	if (why && r->o->verbose)
		warnx("counting in code: no usable hardware counter: %s", why);
	if (r->o->counter == RECORD_STEP) {
		r->counter = RECORD_STEP;
		r->rec.look_only = true;
		return 0;
	}
	if (r->o->counter == RECORD_NONE)
		return 0;
	if (!soft_open(&r->soft)) {
		r->counter = RECORD_SOFT;
		r->rec.counter_fd = r->soft.fd;
		return 0;
	}
	if (!arch_clock_faults()) {
		warnx("counter page: %s: nothing can be recorded without one: %s", strerror(errno),
		      no_faults);
		return 125;
	}
	if (!r->o->quiet)
		warnx("counter page: %s: code is not counted: it is interrupted at its calls only",
		      strerror(errno));
	return 0;
}

int record_run(const struct record_options *o, int *signal)
{
	struct recorder r = {.o = o, .slice_ns = o->slice_ns ? o->slice_ns : SLICE_NS};
	int status;

	*signal = 0;
	inherit_save();
	TAILQ_INIT(&r.tasks);
	STAILQ_INIT(&r.ended);
	r.rec.find = find_task;
	r.rec.mapped = object_mapped;
	r.rec.each_space = each_space;
	r.rec.tracer = tracer_of;
	r.rec.state = state_of;
	r.rec.ptrace = emulated_request;
	r.rec.stopped_tracee = emulated_wait;
	r.rec.warn = warn_once;
	kernel_recording_begin(&r.rec);
	r.rec.self = getpid();
	for (int i = 0; i < 3; i++)
		r.rec.stdio[i] = i;
	r.next_checksum = o->checksum_every;
	if (o->chaos)
		r.chaos = chaos_new(o->seed);
	r.rec.verbose = o->verbose;
	r.rec.note = note;
	status = start_counter(&r);
	if (!status)
		status = launch_program(&r);
	if (status) {
		recorder_free(&r);
		return status;
	}
	crash_start(&r);
	loop(&r);
	bool failed = !kernel_recording_sound(&r.rec);
	r.events = trace_events_put(r.rec.w);
	kill_all(&r);
	if (trace_close(r.rec.w, !failed) || failed) {
		warnx("trace: %s: the recording ends here", trace_strerror());
		status = 125;
	} else if (r.given_up && !r.root_done) {
		status = 125;
	} else {
		status = exit_status(&r, signal);
	}
	if (o->verbose && !failed)
		warnx("%s: %lu events, %.3f s", r.dir, (unsigned long)r.events,
		      (double)(clock_now_ns() - r.start_ns) / 1e9);
	if (o->verbose && o->chaos)
		warnx("seed %lu", (unsigned long)o->seed);
	recorder_free(&r);
	free(r.dir);
	return status;
}
