/* The end of a task: from PTRACE_EVENT_EXIT to its EV_EXIT. */
#include "record/exits.h"

#include "record/emulated.h"
#include "record/recorder.h"
#include "record/ticks.h"
#include "tracee/address_space.h"
#include "tracee/procfs.h"

#include <assert.h>
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void rtask_gone(struct recorder *r, struct rtask *rt)
{
	assert(rt->state != RTASK_GONE && r->live > 0);
	bool lives_on = rt->t.mm->refs > 1;
	struct trace_event ev = {
		.kind = EV_EXIT, .result = rt->exit_status, .flags = lives_on ? EVF_THREAD : 0};

	/* killed while it was stopped, without PTRACE_EVENT_EXIT */
	if (rt->state == RTASK_AT_POINT && rt->point.kind == POINT_TICK)
		tick_put_switch(r, rt);
	ev.regs = ev.after = rt->point.regs;
	rtask_put_event(r, rt, &ev);
	rtask_set_state(rt, RTASK_GONE);
	emulated_task_gone(r, rt);
	if (r->preemption.rt == rt)
		r->preemption.rt = NULL;
	rt->stop.pending = false;
	r->live--;
	hpc_close(&rt->hpc);
	kernel_scratch_release(&rt->t);
	mm_put(rt->t.mm);
	rt->t.mm = NULL;
}

/* What the kernel will write into a robust futex that the task holds when it ends:
 * handle_futex_death() in kernel/futex/core.c. The word may be in memory shared with other
 * processes, so it is recorded as a write of the task's own, just before its end. */
static void put_robust_word(struct recorder *r, struct rtask *rt, uint64_t addr, uint32_t owner)
{
	uint32_t word;

	if (task_read_all(&rt->t, addr, &word, sizeof(word)) || (word & FUTEX_TID_MASK) != owner)
		return;
	word = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
	kernel_put(&r->rec, &(struct trace_data){.kind = DATA_OUT,
						 .tid = rt->t.tid,
						 .addr = addr,
						 .len = sizeof(word),
						 .bytes = (const uint8_t *)&word});
}

/* set_robust_list(2); the kernel follows no more than ROBUST_LIST_LIMIT entries. */
static void put_robust_list(struct recorder *r, struct rtask *rt)
{
	uint64_t head[3], at, next;
	size_t len, n = 0;
	void *list = NULL;

	if (syscall(SYS_get_robust_list, rt->t.tid, &list, &len) || !list)
		return;
	if (task_read_all(&rt->t, (uint64_t)list, head, sizeof(head)))
		return;
	uint64_t pending = head[2] & ~1ul;
	if (!pending && (head[0] & ~1ul) == (uint64_t)list)
		return;
	uint32_t owner = (uint32_t)proc_inner_tid(rt->t.tid);
	for (at = head[0] & ~1ul; at != (uint64_t)list && n++ < ROBUST_LIST_LIMIT;
	     at = next & ~1ul) {
		if (task_read_all(&rt->t, at, &next, sizeof(next)))
			next = (uint64_t)list;
		if (at != pending)
			put_robust_word(r, rt, at + head[1], owner);
	}
	if (pending)
		put_robust_word(r, rt, pending + head[1], owner);
}

static struct rtask *shares_memory(struct recorder *r, struct rtask *rt)
{
	struct rtask *x;

	TAILQ_FOREACH(x, &r->tasks, link)
		if (x != rt && x->state != RTASK_GONE && x->t.mm == rt->t.mm)
			return x;
	return NULL;
}

/* What the task did between its last event and its end shows in memory that it shares with others,
 * so the place where it is killed is a position, too. */
static void put_end_position(struct recorder *r, struct rtask *rt)
{
	switch (rt->state) {
	case RTASK_IN_CALL:
	case RTASK_IN_EXEC: rtask_put_entry(r, rt); return;
	case RTASK_AT_POINT:
	case RTASK_BETWEEN:
	case RTASK_BETWEEN_FREE:
		if (!task_get_regs(&rt->t)) {
			bool exact = tick_settle(r, rt);
			tick_put_position(r, rt, exact);
		}
		return;
	default: return;
	}
}

void rtask_exiting(struct recorder *r, struct rtask *rt)
{
	if (rt->state == RTASK_EXITING)
		return;                  /* killed while it is there for its tracer */
	if (rt->state == RTASK_ENDING) { /* the same, when it is past that */
		task_gone_ok(task_resume(&rt->t, PTRACE_CONT, 0));
		return;
	}
	put_end_position(r, rt);
	rtask_set_state(rt, RTASK_EXITING);
	rt->exit_status = (int)task_event_msg(&rt->t);
	if (!emulated_stop_at_exit(r, rt))
		rtask_leave(r, rt);
}

static void await_end(struct recorder *r, struct rtask *rt)
{
	rtask_set_state(rt, RTASK_ENDING);
	/* It ends at once, unless it has to wait for others: the first process of a pid namespace
	 * does. */
	while (!rtask_check_ended(r, rt)) {
		uint64_t s = proc_stat_field(rt->t.tid, 3);
		if (s == 'S' || s == 'D')
			return;
		sched_yield();
	}
}

void rtask_leave(struct recorder *r, struct rtask *rt)
{
	put_robust_list(r, rt);
	task_gone_ok(task_resume(&rt->t, PTRACE_CONT, 0));
	await_end(r, rt);
}

/* An instruction that raises SIGSEGV in every program: it would be in the kernel's half. */
#define NO_CODE ((uint64_t)-1 << 20)

/* Signals never end the first process of a pid namespace, but those that its instructions raise do,
 * unless it is traced: force_sig_info_to_task() in kernel/signal.c. Untraced, it executes the
 * instruction once more. */
void rtask_end_untraced(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	siginfo_t si;

	rtask_set_state(rt, RTASK_EXITING);
	rt->exit_status = rt->inject;
	rt->untraced = true;
	put_robust_list(r, rt);
	uint64_t pc = ARCH_PC(&t->regs);
	if (rt->inject == SIGSYS) /* past a call that a filter traps */
		pc -= ARCH_SYSCALL_LEN;
	if (!task_siginfo(t, &si) && si.si_code == SI_KERNEL) {
		if (si.si_signo == SIGTRAP) /* past a breakpoint */
			pc -= ARCH_BREAKPOINT_PC_ADJUST;
		else if (si.si_signo ==
			 SIGSEGV) /* perhaps no instruction: a frame was not pushed */
			pc = NO_CODE;
	}
	task_gone_ok(rtask_set_pc(rt, pc));
	task_gone_ok((int)ptrace(PTRACE_DETACH, t->tid, NULL, NULL));
	await_end(r, rt);
}

/* The status of a task of which waitpid knows nothing, or -1 if it has not ended. */
static int status_of_untraced(const struct rtask *rt)
{
	uint64_t s = proc_stat_field(rt->t.tid, 3);

	if (s == 'Z')
		return (int)proc_stat_field(rt->t.tid, 52);
	return s == 'X' || s == 0 ? rt->exit_status : -1;
}

bool rtask_check_ended(struct recorder *r, struct rtask *rt)
{
	struct rtask *heir = shares_memory(r, rt);
	int status;

	/* The leader of a thread group is not reported before its last thread; it is a zombie as
	 * soon as it has ended. */
	pid_t w = rt->reaped ? -1 : waitpid(rt->t.tid, &status, __WALL | WNOHANG);
	/* Or it has ended, and another thread has executed a program already, and has its id:
	 * rtask_execed(). */
	bool goes_on = w == rt->t.tid && wait_is_stop(status);
	if (w == rt->t.tid) {
		if (!goes_on)
			rtask_reaped(r, rt, status);
	} else if (w < 0 && !rt->reaped) {
		int ended = errno == EINTR ? -1
			    : rt->untraced ? status_of_untraced(rt)
					   : rt->exit_status;
		if (ended < 0)
			return false;
		rtask_reaped(r, rt, ended);
	} else if (!rt->reaped) {
		uint64_t s = proc_stat_field(rt->t.tid, 3);
		if (s != 'Z' && s != 'X' && s != 0)
			return false;
	}
	if (heir && rt->clear_tid)
		kernel_put_out(&r->rec, &heir->t, rt->clear_tid, 4);
	rtask_gone(r, rt);
	if (goes_on)
		rtask_set_stop(r, rt, status);
	return true;
}
