/* The tasks of a recording: made, found, ended, and their events put. */
#include "record/recorder.h"
#include "util/util.h"

#include <stdlib.h>
#include <sys/ptrace.h>

struct rtask *recorder_find(struct recorder *r, pid_t tid)
{
	for (struct rtask *rt = r->tasks; rt; rt = rt->next)
		if (rt->t.tid == tid)
			return rt;
	return NULL;
}

struct rtask *rtask_new(struct recorder *r, pid_t tid, struct mm *mm, pid_t tgid)
{
	struct rtask *rt = xcalloc(1, sizeof(*rt)), **at = &r->tasks;

	rt->t.tid = tid;
	rt->t.mm = mm;
	rt->tgid = tgid;
	rt->state = RS_READY;
	soft_arm(&rt->count, SOFT_FAR);
	while (*at)
		at = &(*at)->next;
	*at = rt;
	r->live++;
	return rt;
}

void rtask_free(struct rtask *rt)
{
	for (struct pending_signal *s = rt->t.pending, *next; s; s = next) {
		next = s->next;
		free(s);
	}
	call_free(&rt->call);
	hpc_close(&rt->hpc);
	free(rt);
}

void put_event(struct recorder *r, struct rtask *rt, struct trace_event *ev)
{
	ev->time_ns = now_ns() - r->start_ns;
	ev->ticks = rt->count.ticks;
	if (!ev->tid)
		ev->tid = rt->t.tid;
	if (rec_sound(&r->rec) && trace_put_event(r->rec.w, ev))
		r->rec.failed = true;
}

void put_xstate(struct recorder *r, struct rtask *rt)
{
	static uint8_t xstate[ARCH_XSTATE_MAX];
	ssize_t n = task_get_xstate(&rt->t, xstate, sizeof(xstate));

	if (n > 0)
		rec_put(&r->rec, &(struct trace_data){.kind = DATA_XSTATE,
						      .tid = rt->t.tid,
						      .len = (uint32_t)n,
						      .bytes = xstate});
}

static bool ends(int status)
{
	return !wait_is_stop(status) || wait_event(status) == PTRACE_EVENT_EXIT;
}

bool rtask_is_ready(const struct rtask *rt)
{
	if (rt->traced.halted && !(rt->has_status && ends(rt->status)))
		return false;
	return rt->has_status || rt->state == RS_READY;
}

void rtask_reaped(struct recorder *r, struct rtask *rt, int status)
{
	rt->reaped = true;
	if (r->root && rt->tgid == r->root->tgid && rt->t.tid == rt->tgid) {
		r->root_done = true;
		r->root_status = status;
	}
}

void rtask_gone(struct recorder *r, struct rtask *rt)
{
	bool lives_on = rt->t.mm->refs > 1;
	struct trace_event ev = {
		.kind = EV_EXIT, .result = rt->exit_status, .flags = lives_on ? EVF_THREAD : 0};

	ev.regs = ev.after = rt->park;
	put_event(r, rt, &ev);
	rt->state = RS_GONE;
	rt->midway = false;
	halt_task_gone(r, rt);
	if (r->preempting == rt)
		r->preempting = NULL;
	rt->has_status = false;
	r->live--;
	hpc_close(&rt->hpc);
	scratch_release(&rt->t);
	mm_put(rt->t.mm);
	rt->t.mm = NULL;
}

void rtasks_forget_gone(struct recorder *r)
{
	for (struct rtask **at = &r->tasks; *at;) {
		struct rtask *rt = *at;
		if (rt->state == RS_GONE && rt->reaped && rt != r->root) {
			*at = rt->next;
			rtask_free(rt);
		} else {
			at = &rt->next;
		}
	}
}
