/* The tasks of a recording: their states, their list, their events. */
#include "record/recorder.h"
#include "tracee/call_filter.h"
#include "tracee/procfs.h"
#include "util/alloc.h"
#include "util/clock.h"

#include <assert.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>

#define S(state) (1u << RTASK_##state)
#define IN_CALLS (S(IN_CALL) | S(IN_CALL_RECORDED) | S(IN_EXEC) | S(IN_EXEC_RECORDED))
#define SETTLED (S(AT_POINT) | S(BETWEEN) | S(BETWEEN_FREE))
/* SIGKILL may end a task anywhere, with PTRACE_EVENT_EXIT or without. */
#define KILLED (S(EXITING) | S(GONE))

/* Where a task may go from each state; to stay is always legal. STATES.md says by what. */
static const struct {
	const char *name;
	unsigned to;
} states[RTASK_NSTATES] = {
	[RTASK_AT_POINT] = {"at an exact point",
			    S(RUNNING) | S(BETWEEN) | S(FRAME_FAILED) | KILLED},
	[RTASK_BETWEEN] = {"between exact points", S(RUNNING) | S(AT_POINT) | S(BETWEEN_FREE) |
							   S(FRAME_FAILED) | S(AT_ENTRY) |
							   S(IN_CALL) | KILLED},
	[RTASK_BETWEEN_FREE] = {"between exact points, others may run",
				S(RUNNING) | S(AT_POINT) | S(BETWEEN) | KILLED},
	[RTASK_FRAME_FAILED] = {"without a signal frame", S(BETWEEN) | KILLED},
	[RTASK_RUNNING] = {"running", S(BETWEEN) | KILLED},
	[RTASK_AT_ENTRY] = {"at a call's entry, for its tracer", S(IN_CALL) | S(AT_POINT) | KILLED},
	[RTASK_IN_CALL] = {"in a call", S(IN_CALL_RECORDED) | S(IN_EXEC) | S(AT_POINT) | KILLED},
	[RTASK_IN_CALL_RECORDED] = {"in a call whose entry is recorded",
				    S(IN_EXEC_RECORDED) | S(AT_POINT) | KILLED},
	[RTASK_IN_EXEC] = {"in execve, the old program gone",
			   S(IN_EXEC_RECORDED) | S(AT_POINT) | KILLED},
	[RTASK_IN_EXEC_RECORDED] = {"in execve whose entry is recorded, the old program gone",
				    S(AT_POINT) | KILLED},
	[RTASK_EXITING] = {"exiting, for its tracer", S(ENDING) | S(GONE)},
	[RTASK_ENDING] = {"ending", S(GONE)},
	[RTASK_GONE] = {"gone", 0},
};

static bool is_in(const struct rtask *rt, unsigned set)
{
	return set >> rt->state & 1;
}

const char *rtask_state_name(enum rtask_state s)
{
	return states[s].name;
}

void rtask_set_state(struct rtask *rt, enum rtask_state to)
{
	bool legal = rt->state == to || states[rt->state].to >> to & 1;

	if (!legal)
		warnx("task %d: from \"%s\" to \"%s\": not a legal transition", rt->t.tid,
		      states[rt->state].name, states[to].name);
	assert(legal);
	rt->state = to;
}

bool rtask_in_call(const struct rtask *rt)
{
	return is_in(rt, IN_CALLS);
}

bool rtask_call_is_recorded(const struct rtask *rt)
{
	return is_in(rt, S(IN_CALL_RECORDED) | S(IN_EXEC_RECORDED));
}

bool rtask_in_code(const struct rtask *rt)
{
	return is_in(rt, SETTLED | S(RUNNING));
}

bool rtask_is_running(const struct rtask *rt)
{
	return rt->state == RTASK_RUNNING;
}

bool rtask_is_over(const struct rtask *rt)
{
	return is_in(rt, S(ENDING) | S(GONE));
}

bool rtask_is_settled(const struct rtask *rt)
{
	return is_in(rt, SETTLED) && rt->sched == SCHED_READY && !rt->stop.pending;
}

bool rtask_can_preempt(const struct rtask *rt)
{
	return is_in(rt, S(AT_POINT) | S(BETWEEN_FREE)) && !rt->stop.pending && !rt->inject;
}

bool rtask_can_step(const struct rtask *rt)
{
	return is_in(rt, S(AT_POINT) | S(BETWEEN) | S(BETWEEN_FREE));
}

bool rtask_can_checksum(const struct rtask *rt)
{
	return rt->state == RTASK_AT_POINT && rt->point.kind == POINT_EVENT &&
	       STAILQ_EMPTY(&rt->t.pending);
}

bool rtask_can_interrupt(const struct rtask *rt)
{
	return rtask_is_running(rt) && !rt->stop.pending;
}

static bool ends(int status)
{
	return !wait_is_stop(status) || wait_event(status) == PTRACE_EVENT_EXIT;
}

bool rtask_is_ready(const struct rtask *rt)
{
	if (traced_is_stopped(&rt->traced) && !(rt->stop.pending && ends(rt->stop.status)))
		return false;
	return rt->stop.pending || (rt->sched == SCHED_READY && !rtask_is_over(rt));
}

void rtask_set_point(struct rtask *rt, enum point_kind kind)
{
	rt->point = (struct exact_point){kind, rt->t.regs, rt->count.ticks};
	rt->sp = ARCH_SP(&rt->t.regs);
}

void rtask_stop_at_point(struct rtask *rt, enum point_kind kind)
{
	rtask_set_point(rt, kind);
	rtask_set_state(rt, RTASK_AT_POINT);
}

void rtask_set_stop(struct recorder *r, struct rtask *rt, int status)
{
	rt->stop = (struct stop){true, status};
	if (!wait_is_stop(status))
		rtask_reaped(r, rt, status);
}

bool rtask_leave_entry(struct recorder *r, struct rtask *rt)
{
	int status;
	int e = call_filter_leave(&rt->t, &status);

	if (e > 0)
		rtask_set_stop(r, rt, status);
	return !e;
}

int rtask_take_stop(struct rtask *rt)
{
	assert(rt->stop.pending);
	rt->stop.pending = false;
	return rt->stop.status;
}

struct rtask *recorder_find(struct recorder *r, pid_t tid)
{
	struct rtask *rt;

	TAILQ_FOREACH(rt, &r->tasks, link)
		if (rt->t.tid == tid)
			return rt;
	return NULL;
}

struct rtask *rtask_new(struct recorder *r, pid_t tid, struct mm *mm, pid_t tgid,
			enum rtask_state state)
{
	struct rtask *rt = xcalloc(1, sizeof(*rt));

	task_init(&rt->t, tid, mm);
	rt->tgid = tgid;
	rt->state = state;
	rt->sched = SCHED_READY;
	soft_arm(&rt->count, SOFT_FAR);
	TAILQ_INSERT_TAIL(&r->tasks, rt, link);
	r->live++;
	return rt;
}

void rtask_free(struct rtask *rt)
{
	task_clear(&rt->t);
	kernel_call_free(&rt->call);
	kernel_filters_release(&rt->t);
	hpc_close(&rt->hpc);
	free(rt);
}

void rtask_put_event(struct recorder *r, struct rtask *rt, struct trace_event *ev)
{
	assert(rt->state != RTASK_GONE); /* EV_EXIT is a task's last event */
	ev->time_ns = clock_now_ns() - r->start_ns;
	ev->ticks = rt->count.ticks;
	if (!ev->tid)
		ev->tid = rt->t.tid;
	if (kernel_recording_sound(&r->rec) && trace_put_event(r->rec.w, ev))
		r->rec.failed = true;
}

void rtask_put_entry(struct recorder *r, struct rtask *rt)
{
	if (rtask_call_is_recorded(rt))
		return;
	rtask_set_state(rt, rt->state == RTASK_IN_EXEC ? RTASK_IN_EXEC_RECORDED
						       : RTASK_IN_CALL_RECORDED);
	struct trace_event ev = {.kind = EV_ENTER,
				 .sysno = rt->call.nr,
				 .regs = rt->call.entry,
				 .after = rt->call.entry,
				 .payload = kernel_take_payload(&rt->call, PAYLOAD_ALL)};
	kernel_flush(&rt->call);
	kernel_blocked(&rt->call);
	rtask_put_event(r, rt, &ev);
}

void rtask_put_xstate(struct recorder *r, struct rtask *rt)
{
	static uint8_t xstate[ARCH_XSTATE_MAX];
	ssize_t n = task_get_xstate(&rt->t, xstate, sizeof(xstate));

	if (n > 0)
		kernel_put(&r->rec, &(struct trace_data){.kind = DATA_XSTATE,
							 .tid = rt->t.tid,
							 .len = (uint32_t)n,
							 .bytes = xstate});
}

void rtask_reaped(struct recorder *r, struct rtask *rt, int status)
{
	rt->reaped = true;
	if (r->root && rt->tgid == r->root->tgid && rt->t.tid == rt->tgid) {
		r->root_done = true;
		r->root_status = status;
	}
}

void recorder_forget_gone(struct recorder *r)
{
	struct rtask *rt, *next;

	TAILQ_FOREACH_SAFE(rt, &r->tasks, link, next)
		if (rt->state == RTASK_GONE && rt->reaped && rt != r->root) {
			TAILQ_REMOVE(&r->tasks, rt, link);
			rtask_free(rt);
		}
}

bool rtask_is_left(const struct rtask *rt)
{
	return rt->t.tid == rt->tgid && (rt->state != RTASK_GONE || !rt->reaped);
}

/* Once a process: a second SIGKILL may wake its first thread from the stop on its way out, unseen
 * by the recorder. */
void recorder_kill_left(struct recorder *r)
{
	struct rtask *rt;

	if (!r->killed_ns)
		r->killed_ns = clock_now_ns();
	TAILQ_FOREACH(rt, &r->tasks, link)
		if (rtask_is_left(rt) && !rt->killed) {
			rt->killed = true;
			kill(rt->tgid, SIGKILL);
		}
}

/* Killed processes take less to end, even large ones. */
#define PATIENCE_NS 5000000000u

bool recorder_gives_up(struct recorder *r)
{
	struct rtask *rt;

	if (r->given_up || !r->killed_ns || clock_now_ns() - r->killed_ns < PATIENCE_NS)
		return r->given_up;
	TAILQ_FOREACH(rt, &r->tasks, link)
		if (rtask_is_left(rt) && proc_stat_field(rt->t.tid, 3) == 'D') {
			r->given_up = true;
			warnx("process %d cannot be killed, because it waits in the kernel: it is left",
			      rt->tgid);
		}
	return r->given_up;
}

bool recorder_others_ready(const struct recorder *r, const struct rtask *rt)
{
	const struct rtask *x;

	TAILQ_FOREACH(x, &r->tasks, link)
		if (x != rt && rtask_is_ready(x))
			return true;
	return false;
}
