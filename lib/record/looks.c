#include "record/looks.h"

#include "record/recorder.h"
#include "record/signals.h"
#include "tracee/procfs.h"

#include <signal.h>
#include <sys/ptrace.h>

bool rtask_look(struct recorder *r, struct rtask *rt, bool execed)
{
	if (!kernel_look_begin(&rt->call, execed)) {
		kernel_look_take(&rt->call);
		return false;
	}
	/* Others may see what the task has done before the call. */
	rtask_put_entry(r, rt);
	rt->sched = SCHED_BLOCKED;
	return true;
}

void looks_warn_inexact(struct recorder *r)
{
	r->rec.warn(
		&r->rec, "a page of a mapped file",
		"waits for another task, which can see what the task has written since its last "
		"event: the replay may diverge there");
}

bool rtask_touch(struct recorder *r, struct rtask *rt)
{
	if (!kernel_touch_begin(&r->rec, &rt->t, &rt->call))
		return false;
	looks_warn_inexact(r);
	rtask_set_state(rt, RTASK_BETWEEN_FREE);
	rt->sched = SCHED_BLOCKED;
	return true;
}

/* The task's stop at the entry or exit of a call is still to be handled. */
static void handle_again(struct rtask *rt)
{
	const int status = rtask_in_call(rt) ? wait_encode_call()
					     : wait_encode_event(PTRACE_EVENT_SECCOMP, SIGTRAP);

	rt->stop = (struct stop){true, status};
	rt->sched = SCHED_READY;
}

void looks_ended(struct recorder *r, pid_t pid)
{
	struct rtask *rt;

	TAILQ_FOREACH(rt, &r->tasks, link)
		if (kernel_look_pid(&rt->call) == pid) {
			kernel_look_ended(&rt->call);
			handle_again(rt);
			return;
		}
}

/* Signals whose default action is to end the process: signal(7). */
static bool ends_process(int sig)
{
	return sig != SIGCHLD && sig != SIGCONT && sig != SIGURG && sig != SIGWINCH &&
	       !signal_stops(sig);
}

static bool is_being_ended(pid_t tid)
{
	uint64_t pending = proc_status_mask(tid, "SigPnd") | proc_status_mask(tid, "ShdPnd");

	if (!pending)
		return false;
	pending &= ~(proc_status_mask(tid, "SigBlk") | proc_status_mask(tid, "SigIgn") |
		     proc_status_mask(tid, "SigCgt"));
	for (int sig = 1; sig <= 64; sig++)
		if ((pending >> (sig - 1) & 1) && ends_process(sig))
			return true;
	return false;
}

void looks_check(struct recorder *r)
{
	struct rtask *rt;

	TAILQ_FOREACH(rt, &r->tasks, link)
		if (kernel_look_pid(&rt->call) && !rt->stop.pending && is_being_ended(rt->t.tid)) {
			kernel_look_abandon(&rt->call);
			handle_again(rt);
		}
}
