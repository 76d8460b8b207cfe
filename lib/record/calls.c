/* A task's system calls, and what comes of clone and execve. */
#include "record/calls.h"

#include "record/emulated.h"
#include "record/exits.h"
#include "record/looks.h"
#include "record/recorder.h"
#include "record/signals.h"
#include "record/ticks.h"
#include "tracee/address_space.h"
#include "tracee/call_filter.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct sys_desc unknown_call = {
	.name = "unknown", .cls = SYS_REFUSE, .refuse_errno = ENOSYS};

static const struct sys_desc *describe(struct recorder *r, uint64_t nr)
{
	const struct sys_desc *d = systab_get(nr);

	if (!d && nr < SYSTAB_MAX) {
		char what[32];
		snprintf(what, sizeof(what), "system call %lu", (unsigned long)nr);
		r->rec.warn(&r->rec, what, "unknown: refused");
	}
	return d ? d : &unknown_call;
}

/* The kernel looks at the lower half of the register alone. int 0x80 makes a call of the 32-bit
 * table. */
static uint64_t call_number(struct recorder *r, const struct trace_regs *g)
{
	if (arch_is_syscall(g))
		return (uint32_t)ARCH_SYSNO(g);
	r->rec.warn(&r->rec, "int 0x80", "a 32-bit system call, which cannot be recorded: refused");
	return UINT64_MAX;
}

/* rt->call is the call that the task enters with its registers. */
static void begin(struct recorder *r, struct rtask *rt, uint16_t nr)
{
	struct call *c = &rt->call;
	const struct trace_regs *g = &rt->t.regs;

	c->rec = &r->rec;
	c->t = &rt->t;
	c->nr = nr;
	c->desc = describe(r, nr);
	c->entry = *g;
	ARCH_RESULT(&c->entry) = (uint64_t)-ENOSYS; /* unless a tracer has changed it */
	rt->sp = ARCH_SP(g);
	for (int i = 0; i < 6; i++)
		c->args[i] = arch_arg(g, i);
	c->changed = c->in_place = false;
	c->flags = 0;
	kernel_look_free(c);
	c->in.len = 0;
	memset(c->note, 0, sizeof(c->note));
	memset(c->cap, 0, sizeof(c->cap));
}

/* The task is at the entry of an old call, which it skips; the kernel has it return from the page
 * then. False: it has ended meanwhile. */
static bool return_from_old_call(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	int status;

	t->skips = true;
	if (task_set_regs(t) || task_resume(t, PTRACE_INTERRUPT, 0) ||
	    task_resume(t, PTRACE_CONT, 0) || task_wait(t, &status))
		return false;
	if (wait_event(status) != PTRACE_EVENT_STOP || wait_decode(status).kind == WAIT_GROUP_STOP)
		rtask_set_stop(r, rt, status);
	return wait_is_stop(status) && wait_event(status) != PTRACE_EVENT_EXIT;
}

/* An old call (arch/arch.h): the recorder makes it, and the program's filters are asked as for any
 * call. If they do more than answer it, or its arguments are bad, the kernel raises a signal. */
static void make_old_call(struct recorder *r, struct rtask *rt)
{
	struct call *c = &rt->call;
	struct task *t = &rt->t;
	struct filtered f = kernel_filter(t);
	struct trace_event ev = {.kind = EV_SYSCALL, .regs = t->regs};
	uint64_t back;

	begin(r, rt, (uint16_t)ARCH_SYSNO(&t->regs));
	if (f.how == FILTERED_TRACED)
		f = (struct filtered){.how = FILTERED_ANSWERED, .result = -ENOSYS};
	c->filtered = f;
	c->result = f.result;
	if (task_read_all(t, ARCH_SP(&t->regs), &back, sizeof(back)) ||
	    (f.how ? f.how != FILTERED_ANSWERED : !kernel_old_call(c)))
		return;
	ARCH_RESULT(&t->regs) = (uint64_t)c->result;
	if (!return_from_old_call(r, rt))
		return;
	arch_old_call_return(&t->regs, back);
	rtask_stop_at_point(rt, POINT_EVENT);
	c->verdict = CALL_MAKE;
	kernel_exit(c);
	kernel_flush(c);
	ev.sysno = c->nr;
	ev.flags = f.how ? EVF_REFUSED : 0;
	ev.result = c->result;
	ev.after = t->regs;
	rtask_put_event(r, rt, &ev);
}

void rtask_call_entered(struct recorder *r, struct rtask *rt)
{
	if (task_get_regs(&rt->t) || tick_stop(r, rt))
		return;
	if (arch_old_call(ARCH_PC(&rt->t.regs)) >= 0) {
		make_old_call(r, rt);
		return;
	}
	if (rtask_touch(r, rt) || signal_deliver_at_call(r, rt) || emulated_stop_at_call(r, rt))
		return;
	rtask_call_begin(r, rt, false);
}

/* Asks the program's seccomp filters; asked: its tracer has been asked on their behalf. True: it is
 * in a ptrace-stop for that. __seccomp_filter() in kernel/seccomp.c. */
static bool filter(struct recorder *r, struct rtask *rt, bool asked, struct filtered *f)
{
	const struct trace_regs *g = &rt->t.regs;
	const int32_t nr = (int32_t)ARCH_SYSNO(g);

	*f = (struct filtered){.how = FILTERED_NOT};
	if (!asked || nr >= 0)
		*f = kernel_filter(&rt->t);
	/* The tracer has the call skipped, and gives its result. */
	if (!f->how && (nr == -1 || (asked && nr < 0)))
		*f = (struct filtered){.how = FILTERED_ANSWERED, .result = (int64_t)ARCH_RESULT(g)};
	if (f->how != FILTERED_TRACED)
		return false;
	if (asked)
		*f = (struct filtered){.how = FILTERED_NOT};
	else if (emulated_stop_at_filter(r, rt, f->data))
		return true;
	else
		*f = (struct filtered){.how = FILTERED_ANSWERED, .result = -ENOSYS};
	return false;
}

static void go_back_to_call(struct rtask *rt)
{
	rt->t.regs = rt->call.entry;
	arch_before_call(&rt->t.regs);
	task_gone_ok(task_set_regs(&rt->t));
}

static bool is_last_thread(struct recorder *r, const struct rtask *rt)
{
	const struct rtask *x;

	TAILQ_FOREACH(x, &r->tasks, link)
		if (x != rt && x->tgid == rt->tgid && !rtask_is_over(x))
			return false;
	return true;
}

/* Mode 1 of seccomp(2) does not allow the call: the thread ends as by SIGKILL, which nobody can see
 * if its process lives on. (The leader's way to end would be seen, after all the others.) The
 * kernel knows nothing of that mode, as a task is in mode 2 already: call_filter.h. */
static void end_in_mode_1(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;

	rtask_put_entry(r, rt);
	if (is_last_thread(r, rt)) {
		kill(rt->tgid, SIGKILL);
		return;
	}
	ARCH_SYSNO(&t->regs) = SYS_exit;
	arch_set_arg(&t->regs, 0, SIGKILL);
	task_gone_ok(task_set_regs(t));
}

static uint64_t clone_flags(const struct call *c)
{
	return arch_clone_flags(c->nr, c->args[0]);
}

/* The kernel makes the call, or carries out the verdict that a filter gave. */
static void begin_in_kernel(struct recorder *r, struct rtask *rt)
{
	struct call *c = &rt->call;
	struct task *t = &rt->t;

	c->verdict = c->filtered.how ? CALL_REFUSE : CALL_MAKE;
	c->result = c->filtered.result;
	kernel_enter(c);
	rt->copied = c->verdict == CALL_MAKE && (c->nr == SYS_clone || clone_flags(c)) &&
		     !(clone_flags(c) & CLONE_VM);
	if (c->filtered.how == FILTERED_KILLED && !c->filtered.at) {
		end_in_mode_1(r, rt);
		return;
	}
	if (c->filtered.at)
		ARCH_PC(&t->regs) = c->filtered.at;
	else if (c->verdict == CALL_REFUSE)
		ARCH_SYSNO(&t->regs) = (uint64_t)-1;
	if (c->changed || c->verdict == CALL_REFUSE)
		task_gone_ok(task_set_regs(t));
	if (c->filtered.how == FILTERED_KILLED)
		rtask_put_entry(r, rt);
	if (c->filtered.how)
		return;
	if (c->nr == SYS_set_tid_address)
		rt->clear_tid = c->args[0];
	if (c->nr == SYS_exit || c->nr == SYS_exit_group)
		rtask_put_entry(r, rt);
}

/* The task is in a call, whose registers at entry are its registers now. */
static void set_call(struct recorder *r, struct rtask *rt, struct filtered filtered)
{
	struct task *t = &rt->t;
	uint64_t nr = call_number(r, &t->regs);

	rtask_set_state(rt, RTASK_IN_CALL);
	if (nr == SYS_restart_syscall && rt->restart_nr)
		nr = rt->restart_nr;
	begin(r, rt, (uint16_t)(nr > UINT16_MAX ? UINT16_MAX : nr));
	rt->call.filtered = filtered;
}

void rtask_call_begin(struct recorder *r, struct rtask *rt, bool asked)
{
	struct filtered filtered;

	if (filter(r, rt, asked, &filtered))
		return;
	rt->cooldown_until =
		ARCH_SYSNO(&rt->t.regs) == SYS_rt_sigreturn ? rt->count.ticks + COOLDOWN_TICKS : 0;
	set_call(r, rt, filtered);
	begin_in_kernel(r, rt);
}

void rtask_killed_at_entry(struct recorder *r, struct rtask *rt)
{
	const struct trace_regs *g = &rt->t.regs;

	if (rt->state != RTASK_BETWEEN || task_get_regs(&rt->t) || rtask_at_point(rt) ||
	    (int64_t)ARCH_SYSNO(g) < 0 || (int64_t)ARCH_RESULT(g) != -ENOSYS || tick_stop(r, rt))
		return;
	set_call(r, rt, (struct filtered){.how = FILTERED_NOT});
	kernel_enter_only(&rt->call);
}

/* Registers the program goes on with after this call. */
static void fix_exit_regs(struct rtask *rt)
{
	struct call *c = &rt->call;
	struct trace_regs *g = &rt->t.regs;

	if (!c->changed && c->verdict != CALL_REFUSE)
		return;
	for (int i = 0; c->changed && i < 6; i++)
		arch_set_arg(g, i, c->args[i]);
	if (c->changed) /* the kernel may restart it */
		ARCH_SYSNO(g) = ARCH_SYSNO(&c->entry);
	if (c->filtered.at)
		ARCH_PC(g) = ARCH_PC(&c->entry);
	ARCH_RESULT(g) = (uint64_t)c->result;
	task_gone_ok(task_set_regs(&rt->t));
}

/* A call that only returns a number leaves all other registers as they were at its entry. */
static int read_exit_regs(struct rtask *rt)
{
	struct call *c = &rt->call;

	if (!c->desc->quick || c->desc->cls != SYS_REC || c->desc->handler != SYSH_none ||
	    c->verdict != CALL_MAKE || c->changed)
		return task_get_regs(&rt->t);
	rt->t.regs = c->entry;
	return task_get_result(&rt->t, &ARCH_RESULT(&rt->t.regs));
}

static void share_filters(struct recorder *r, struct rtask *rt)
{
	struct rtask *x;

	TAILQ_FOREACH(x, &r->tasks, link)
		if (x->tgid == rt->tgid && x != rt && x->state != RTASK_GONE)
			kernel_filters_copy(&x->t, &rt->t);
}

/* A filtered call is to be made after all: the task goes back to its call instruction, and stops
 * at the entry once more. Signals that come on the way are delivered in that call. */
static void make_after_all(struct recorder *r, struct rtask *rt)
{
	struct call *c = &rt->call;
	struct task *t = &rt->t;
	int status;

	go_back_to_call(rt);
	int e = call_filter_to_entry(t, &status);
	if (e > 0)
		rtask_set_stop(r, rt, status);
	if (e)
		return;
	signals_resend(rt);
	t->regs = c->entry;
	c->filtered = (struct filtered){.how = FILTERED_NOT};
	c->flags = 0;
	begin_in_kernel(r, rt);
}

/* The end of a call that the kernel has filtered. True: it is not the call's end. */
static bool filtered_returned(struct recorder *r, struct rtask *rt)
{
	struct call *c = &rt->call;

	if (!c->filtered.at)
		return c->filtered.how == FILTERED_KILLED;
	if (c->filtered.how == FILTERED_KILLED) { /* the signal comes next */
		ARCH_PC(&rt->t.regs) = ARCH_PC(&c->entry);
		task_gone_ok(task_set_regs(&rt->t));
		return true;
	}
	c->result = (int64_t)ARCH_RESULT(&rt->t.regs);
	if (!kernel_filter_continued(c))
		return false;
	make_after_all(r, rt);
	return true;
}

void rtask_call_returned(struct recorder *r, struct rtask *rt)
{
	struct call *c = &rt->call;
	struct task *t = &rt->t;
	struct trace_event ev = {.kind = EV_SYSCALL, .sysno = c->nr, .regs = c->entry};
	bool execed = rt->state == RTASK_IN_EXEC || rt->state == RTASK_IN_EXEC_RECORDED;

	if (read_exit_regs(rt) || filtered_returned(r, rt))
		return;
	if (c->verdict == CALL_MAKE)
		c->result = (int64_t)ARCH_RESULT(&t->regs);
	if (rtask_look(r, rt, execed))
		return;
	bool recorded = rtask_call_is_recorded(rt);
	if (!execed)
		kernel_exit(c);
	fix_exit_regs(rt);
	rtask_stop_at_point(rt, POINT_EVENT);
	if (execed) {
		ev.flags |= EVF_EXEC;
		ev.other = t->tid;
		c->result = 0;
		ev.tid = rt->exec_from;
		if (kernel_record_exec(&r->rec, t)) {
			if (kernel_recording_sound(&r->rec))
				r->rec.warn(
					&r->rec, "a program",
					"its memory cannot be read, so it cannot be recorded: killed");
			kill(rt->tgid, SIGKILL);
			return;
		}
		task_gone_ok(task_get_regs(t));
		rtask_set_point(rt, POINT_EVENT);
		rt->clear_tid = 0;
		t->debugged = false; /* flush_thread() in arch/x86/kernel/process.c */
		memset(rt->traced.debug, 0, sizeof(rt->traced.debug));
		t->mm->stack = ARCH_SP(&t->regs);
	}
	kernel_flush(c);
	bool looked = c->look;
	kernel_look_free(c);
	ev.payload = kernel_take_payload(c, c->result > 0 ? (uint64_t)c->result : 0);
	ev.flags |= c->flags | (recorded ? EVF_RESUMED : 0);
	ev.result = c->result;
	ev.after = t->regs;
	ARCH_SYSNO(&ev.after) = ARCH_SYSNO(&ev.regs);
	if (c->nr == SYS_rt_sigreturn && !c->filtered.how) {
		rtask_put_xstate(r, rt);
		rtask_set_pc(rt, ARCH_PC(&t->regs));
	} else if (arch_is_restart(c->result) &&
		   (c->verdict == CALL_MAKE || c->filtered.how == FILTERED_NOTIFIED)) {
		ev.flags |= EVF_RESTART;
		arch_restart(&ev.after);
		rt->restart_nr = c->nr;
	}
	rtask_put_event(r, rt, &ev);
	if (looked) /* what came meanwhile comes before the program's next instruction */
		signals_resend(rt);
	if (kernel_filters_for_all_threads(c))
		share_filters(r, rt);
	emulated_stop_after_call(r, rt, execed);
	if (!t->scratch && t->mm->threads && t->mm->refs > 1 && !(ev.flags & EVF_RESTART))
		kernel_scratch_map(t);
}

/* Takes the first stop of a new task. It may have come before the stop of the task that made it. */
static bool first_stop(struct recorder *r, pid_t tid)
{
	int status;

	for (size_t i = 0; i < r->nearly; i++)
		if (r->early[i] == tid) {
			r->early[i] = r->early[--r->nearly];
			return true;
		}
	for (;;) {
		pid_t w = waitpid(tid, &status, __WALL);
		if (w < 0 && errno == EINTR)
			continue;
		return w == tid && wait_is_stop(status);
	}
}

void rtask_cloned(struct recorder *r, struct rtask *rt)
{
	struct call *c = &rt->call;
	pid_t tid = (pid_t)task_event_msg(&rt->t);
	uint64_t flags = clone_flags(c);

	if (!first_stop(r, tid))
		return;
	bool vm = flags & CLONE_VM;
	rt->copied = false;
	struct rtask *child = rtask_new(r, tid, vm ? mm_get(rt->t.mm) : mm_fork(rt->t.mm),
					flags & CLONE_THREAD ? rt->tgid : tid, RTASK_AT_POINT);
	tick_open(r, child);
	child->t.affinity = rt->t.affinity;
	if (vm && !(flags & CLONE_VFORK))
		rt->t.mm->threads = true;
	else if (!vm)
		child->t.scratch = rt->t.scratch; /* in the copy of memory too */
	child->t.clock_faults = rt->t.clock_faults;
	kernel_filters_copy(&child->t, &rt->t);
	child->clear_tid = flags & CLONE_CHILD_CLEARTID ? c->args[3] : 0;
	if (task_get_regs(&child->t))
		return;
	rtask_set_point(child, POINT_EVENT);
	if (flags & CLONE_PARENT_SETTID)
		kernel_put_out(&r->rec, &rt->t, c->args[2], 4);
	if (flags & CLONE_CHILD_SETTID)
		kernel_put_out(&r->rec, &child->t, c->args[3], 4);
	kernel_flush(c);
	struct trace_event ev = {.kind = EV_CLONE,
				 .sysno = c->nr,
				 .other = tid,
				 .flags = (vm ? EVF_THREAD : 0) |
					  (flags & CLONE_THREAD ? EVF_GROUP : 0),
				 .regs = c->entry,
				 .after = child->t.regs,
				 .payload = kernel_take_payload(c, 0)};
	rtask_set_state(rt, RTASK_IN_CALL_RECORDED);
	rtask_put_event(r, rt, &ev);
	emulated_stop_at_clone(r, rt, child);
}

/* A thread that is not the leader of its thread group takes over the leader's id: execve(2).
 * Returns its task; NULL: it is not known. */
static struct rtask *replace_leader(struct recorder *r, struct rtask *leader, pid_t was)
{
	struct rtask *rt = recorder_find(r, was);

	if (!rt)
		return NULL;
	if (leader->state != RTASK_GONE)
		rtask_gone(r, leader);
	leader->reaped = true; /* another task has its id now */
	rt->t.tid = leader->t.tid;
	leader->t.tid = -1;
	if (r->root == leader)
		r->root = rt;
	rt->stop.pending = false;
	rt->sched = SCHED_READY;
	return rt;
}

void rtask_execed(struct recorder *r, struct rtask *rt)
{
	pid_t was = (pid_t)task_event_msg(&rt->t);

	if (was != rt->t.tid && !(rt = replace_leader(r, rt, was)))
		return;
	rt->exec_from = was;
	kernel_scratch_release(&rt->t);
	mm_put(rt->t.mm);
	rt->t.mm = mm_new();
	rtask_set_state(rt, rtask_call_is_recorded(rt) ? RTASK_IN_EXEC_RECORDED : RTASK_IN_EXEC);
}
