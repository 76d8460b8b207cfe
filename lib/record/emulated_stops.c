/* Emulated ptrace-stops: where a traced task stops, what its tracer is notified of and waits for.
 */
#include "record/emulated.h"
#include "record/recorder.h"
#include "record/ticks.h"
#include "tracee/procfs.h"
#include "util/alloc.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PTRACE_EVENTMSG_SYSCALL_ENTRY and _EXIT of linux/ptrace.h, which sys/ptrace.h excludes. */
enum { MESSAGE_ENTRY = 1, MESSAGE_EXIT = 2 };

/* Sends a signal with a siginfo that the kernel takes from nobody. */
void emulated_send(struct rtask *rt, const siginfo_t *info)
{
	task_add_pending(&rt->t, info)->sent = true;
	syscall(SYS_tgkill, rt->tgid, rt->t.tid, info->si_signo);
}

/* One SIGCHLD is pending at a time, with the siginfo of the last: signal(7). */
static void send_sigchld(struct rtask *y, const siginfo_t *info)
{
	struct pending_signal *s;

	STAILQ_FOREACH(s, &y->t.pending, link)
		if (s->sent && s->info.si_signo == SIGCHLD)
			break;
	if (!s)
		s = task_add_pending(&y->t, info);
	s->info = *info;
	s->sent = true;
	syscall(SYS_tgkill, y->tgid, y->t.tid, SIGCHLD);
}

/* A signal that is neither handled nor blocked changes nothing. */
static bool wants_sigchld(const struct rtask *y)
{
	return (proc_status_mask(y->t.tid, "SigCgt") | proc_status_mask(y->t.tid, "SigBlk")) >>
		       (SIGCHLD - 1) &
	       1;
}

/* A waitpid(2) of the tracer's that is blocked has to be restarted: the kernel knows nothing of
 * this stop. */
static void notify_tracer(struct recorder *r, pid_t by, pid_t tid, int status)
{
	siginfo_t info = kernel_child_info(tid, status);
	struct rtask *y;

	info.si_status &= wait_is_stop(status) ? 0x7f : ~0; /* do_notify_parent_cldstop() */
	TAILQ_FOREACH(y, &r->tasks, link) {
		if (y->tgid != by || y->state == RTASK_GONE)
			continue;
		if (y->t.tid == by && wants_sigchld(y))
			send_sigchld(y, &info);
		if (y->sched == SCHED_BLOCKED &&
		    (y->call.nr == SYS_wait4 || y->call.nr == SYS_waitid))
			emulated_interrupt(y);
	}
}

void emulated_stop(struct recorder *r, struct rtask *rt, enum traced_at at, int status,
		   uint64_t msg)
{
	struct traced *d = &rt->traced;
	const struct wait_status w = wait_decode(status);

	assert(d->by);
	d->state = TRACED_STOPPED;
	d->at = at;
	d->status = status;
	d->msg = msg;
	d->changed = 0;
	d->sig = 0;
	d->syscall_op = 0;
	d->in_group_stop = d->interrupted = d->before_result = false;
	if (traced_is_stepped(d))
		d->resume = TRACED_CONT;
	d->regs = rt->t.regs;
	d->info = (siginfo_t){.si_signo = w.signal & 0x7f};
	if (w.kind != WAIT_SIGNAL) { /* ptrace_do_notify() in kernel/signal.c */
		d->info.si_code = w.signal | w.event << 8;
		d->info.si_pid = rt->t.tid;
	}
	notify_tracer(r, d->by, rt->t.tid, status);
}

void emulated_put_event(struct recorder *r, struct rtask *rt, uint16_t flags, int sig,
			const struct trace_regs *before, const struct trace_regs *after)
{
	struct trace_event ev = {.kind = EV_PTRACE_STOP,
				 .flags = flags,
				 .result = sig,
				 .regs = *before,
				 .after = *after};

	rtask_put_event(r, rt, &ev);
}

struct trace_regs emulated_regs_after_event(const struct trace_regs *g)
{
	struct trace_regs left = *g;

	if (arch_is_restart((int64_t)ARCH_RESULT(g)) && (int64_t)ARCH_SYSNO(g) >= 0)
		arch_restart(&left);
	ARCH_SYSNO(&left) = (uint64_t)-1;
	return left;
}

struct trace_regs emulated_regs_before_call(const struct trace_regs *g)
{
	struct trace_regs before = *g;

	arch_before_call(&before);
	return before;
}

void emulated_set_point(struct rtask *rt, const struct trace_regs *g)
{
	struct trace_regs kept = rt->t.regs;

	rt->t.regs = *g;
	rtask_set_point(rt, POINT_EVENT);
	rt->t.regs = kept;
}

static void stop_anywhere(struct recorder *r, struct rtask *rt, int status)
{
	struct trace_regs g = rt->point.regs, left = emulated_regs_after_event(&g);
	enum traced_at at = TRACED_AT_EVENT;

	if (rt->state != RTASK_AT_POINT) {
		at = TRACED_ANYWHERE;
		g = rt->t.regs;
	} else if (rt->point.kind == POINT_TICK) {
		tick_put_switch(r, rt);
	} else if (rt->point.kind == POINT_CALL) {
		emulated_put_event(r, rt, EVF_AT_CALL, 0, &rt->call_entry, &left);
		emulated_set_point(rt, &left);
	}
	emulated_stop(r, rt, at, status, 0);
	if (!arch_is_restart((int64_t)ARCH_RESULT(&g)))
		ARCH_SYSNO(&g) = (uint64_t)-1;
	rt->traced.regs = g;
}

void emulated_stop_interrupted(struct recorder *r, struct rtask *rt)
{
	int sig = rt->group_sig;

	stop_anywhere(r, rt, wait_encode_event(PTRACE_EVENT_STOP, sig ? sig : SIGTRAP));
	rt->traced.in_group_stop = sig;
}

/* Only in the kernel's PTRACE_EVENT_STOP can it listen for the end of a group-stop. */
bool emulated_stop_if_interrupted(struct recorder *r, struct rtask *rt)
{
	if (!rt->traced.by || !rt->traced.interrupted || rt->group_sig ||
	    rt->state != RTASK_AT_POINT || rt->inject)
		return false;
	emulated_stop_interrupted(r, rt);
	return true;
}

void emulated_interrupt(struct rtask *rt)
{
	/* While it waits for a look at a file, it is at its syscall-exit-stop. */
	if (!kernel_look_pid(&rt->call))
		rt->interrupting = !task_resume(&rt->t, PTRACE_INTERRUPT, 0);
}

static int call_stop(const struct traced *d)
{
	return wait_encode_stop(d->options & PTRACE_O_TRACESYSGOOD ? SIGTRAP | 0x80 : SIGTRAP);
}

static bool has_option_for(const struct traced *d, int event)
{
	return d->by && d->options & 1u << event;
}

/* For a replay, the task is in front of the call. */
static void put_stop_at_entry(struct recorder *r, struct rtask *rt)
{
	struct trace_regs front = emulated_regs_before_call(&rt->t.regs);

	emulated_put_event(r, rt, EVF_AT_CALL, 0, &rt->t.regs, &front);
	emulated_set_point(rt, &front);
	rtask_set_state(rt, RTASK_AT_ENTRY);
}

bool emulated_stop_at_call(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	if (!traced_stops_at_calls(d))
		return false;
	put_stop_at_entry(r, rt);
	emulated_stop(r, rt, d->skips_calls ? TRACED_AT_SKIPPED_CALL : TRACED_AT_CALL, call_stop(d),
		      MESSAGE_ENTRY);
	d->syscall_op = PTRACE_SYSCALL_INFO_ENTRY;
	return true;
}

bool emulated_stop_at_filter(struct recorder *r, struct rtask *rt, uint32_t data)
{
	if (!has_option_for(&rt->traced, PTRACE_EVENT_SECCOMP))
		return false;
	if (rt->state != RTASK_AT_ENTRY)
		put_stop_at_entry(r, rt);
	emulated_stop(r, rt, TRACED_AT_FILTER, wait_encode_event(PTRACE_EVENT_SECCOMP, SIGTRAP),
		      data);
	rt->traced.syscall_op = PTRACE_SYSCALL_INFO_SECCOMP;
	return true;
}

/* In the registers of a task that is still in the kernel after its call. */
static uint64_t sysno_inside(const struct rtask *rt)
{
	const bool executes = rt->call.nr == SYS_execve || rt->call.nr == SYS_execveat;

	return executes && !rt->call.result ? ARCH_SYS_EXECUTED : ARCH_SYSNO(&rt->call.entry);
}

bool emulated_stop_if_due(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	if (traced_stops_after_calls(d) && d->due & TRACED_DUE_CALL_EXIT) {
		d->due &= ~TRACED_DUE_CALL_EXIT;
		emulated_stop(r, rt, TRACED_AT_EVENT, call_stop(d), MESSAGE_EXIT);
		d->syscall_op = PTRACE_SYSCALL_INFO_EXIT;
		ARCH_SYSNO(&d->regs) = sysno_inside(rt);
		return true;
	}
	d->due &= ~TRACED_DUE_CALL_EXIT;
	if (d->by && d->due & TRACED_DUE_EXEC_TRAP) {
		d->due = 0;
		emulated_stop(r, rt, TRACED_AT_EVENT, wait_encode_stop(SIGTRAP), 0);
		d->info.si_pid = rt->tgid;
		ARCH_SYSNO(&d->regs) = sysno_inside(rt);
		return true;
	}
	return false;
}

/* Inside a call, which the recorder has finished: its result is not there yet. */
static void stop_before_result(struct recorder *r, struct rtask *rt, int event, uint64_t msg)
{
	emulated_stop(r, rt, TRACED_AT_EVENT, wait_encode_event(event, SIGTRAP), msg);
	rt->traced.before_result = true;
	ARCH_RESULT(&rt->traced.regs) = (uint64_t)-ENOSYS;
	ARCH_SYSNO(&rt->traced.regs) = sysno_inside(rt);
}

void emulated_stop_after_call(struct recorder *r, struct rtask *rt, bool execed)
{
	struct traced *d = &rt->traced;
	const struct call *c = &rt->call;
	bool vforked = c->verdict == CALL_MAKE && c->result > 0 &&
		       (arch_clone_flags(c->nr, c->args[0]) & CLONE_VFORK);

	if (!d->by)
		return;
	d->due = traced_stops_after_calls(d) ? TRACED_DUE_CALL_EXIT : 0;
	if (execed && !d->seized && !has_option_for(d, PTRACE_EVENT_EXEC))
		d->due |= TRACED_DUE_EXEC_TRAP;
	if (execed && has_option_for(d, PTRACE_EVENT_EXEC))
		stop_before_result(r, rt, PTRACE_EVENT_EXEC, (uint64_t)rt->exec_from);
	else if (vforked && has_option_for(d, PTRACE_EVENT_VFORK_DONE))
		stop_before_result(r, rt, PTRACE_EVENT_VFORK_DONE, (uint64_t)c->result);
	else if (!emulated_stop_if_due(r, rt))
		emulated_stop_if_interrupted(r, rt);
}

/* kernel_clone() in kernel/fork.c */
static int clone_event(const struct call *c)
{
	const uint64_t flags = arch_clone_flags(c->nr, c->args[0]);

	if (flags & CLONE_VFORK)
		return PTRACE_EVENT_VFORK;
	return (flags & CSIGNAL) == SIGCHLD ? PTRACE_EVENT_FORK : PTRACE_EVENT_CLONE;
}

void emulated_stop_at_clone(struct recorder *r, struct rtask *rt, struct rtask *child)
{
	struct traced *d = &rt->traced, *of = &child->traced;
	const struct call *c = &rt->call;
	int event = clone_event(c);

	if (!has_option_for(d, event) || (c->nr == SYS_clone && c->args[0] & CLONE_UNTRACED))
		return;
	of->by = d->by;
	of->seized = d->seized;
	of->options = d->options;
	emulated_stop(r, rt, TRACED_IN_KERNEL, wait_encode_event(event, SIGTRAP),
		      (uint64_t)child->t.tid);
	d->regs = c->entry;
	emulated_stop(r, child, TRACED_AT_EVENT,
		      d->seized ? wait_encode_event(PTRACE_EVENT_STOP, SIGTRAP)
				: wait_encode_stop(SIGSTOP),
		      0);
}

bool emulated_stop_at_exit(struct recorder *r, struct rtask *rt)
{
	const struct call *c = &rt->call;

	if (!has_option_for(&rt->traced, PTRACE_EVENT_EXIT) || task_get_regs(&rt->t))
		return false;
	if (c->filtered.at && ARCH_PC(&rt->t.regs) == c->filtered.at)
		ARCH_PC(&rt->t.regs) = ARCH_PC(&c->entry);
	emulated_stop(r, rt, TRACED_AT_EXIT, wait_encode_event(PTRACE_EVENT_EXIT, SIGTRAP),
		      (uint64_t)rt->exit_status);
	return true;
}

static void report_watches(struct rtask *rt, bool stepped)
{
	arch_debug_report(rt->traced.debug, rt->t.triggered, stepped);
	rt->t.triggered = 0;
}

bool emulated_stop_at_signal(struct recorder *r, struct rtask *rt, const siginfo_t *si,
			     uint16_t flags)
{
	struct traced *d = &rt->traced;
	struct trace_regs *g = &rt->t.regs, left = emulated_regs_after_event(g);

	const uint64_t bit = 1ull << (si->si_signo - 1);

	if (!d->by || si->si_signo == SIGKILL || d->unreported & bit) {
		d->unreported &= ~bit;
		return false;
	}
	if (flags & EVF_SYNC)
		emulated_put_event(r, rt, EVF_SYNC, si->si_signo, g, g);
	else if (flags & EVF_AT_CALL)
		emulated_put_event(r, rt, EVF_AT_CALL, 0, &rt->call_entry, &left);
	else if (!flags && rt->point.kind == POINT_TICK)
		tick_put_switch(r, rt);
	if (!(flags & EVF_INEXACT))
		rtask_stop_at_point(rt, POINT_EVENT);
	emulated_stop(r, rt, flags & EVF_INEXACT ? TRACED_AT_SIGNAL_INEXACT : TRACED_AT_SIGNAL,
		      wait_encode_stop(si->si_signo), 0);
	d->info = *si;
	if (rt->t.triggered)
		report_watches(rt, false);
	return true;
}

void emulated_stop_in_group(struct recorder *r, struct rtask *rt)
{
	if (rt->traced.seized) {
		emulated_stop_interrupted(r, rt);
		return;
	}
	stop_anywhere(r, rt, wait_encode_stop(rt->group_sig));
	rt->traced.in_group_stop = true;
}

void emulated_listen(struct rtask *rt)
{
	task_gone_ok(task_resume(&rt->t, PTRACE_LISTEN, 0));
	rt->sched = SCHED_STOPPED;
}

void emulated_stop_listening(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	int status;

	if (task_resume(t, PTRACE_INTERRUPT, 0) || task_wait(t, &status))
		return;
	rt->sched = SCHED_READY;
	if (wait_event(status) == PTRACE_EVENT_STOP &&
	    wait_decode(status).signal == rt->group_sig && !task_get_regs(t))
		emulated_stop_in_group(r, rt);
	else
		rtask_set_stop(r, rt, status);
}

void emulated_stop_after_insn(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	emulated_stop(r, rt, TRACED_AT_EVENT, wait_encode_stop(SIGTRAP), 0);
	report_watches(rt, true);
	d->info = (siginfo_t){.si_signo = SIGTRAP, .si_code = TRAP_TRACE};
	d->info.si_addr = (void *)ARCH_PC(&d->regs);
}

void emulated_stop_end(struct rtask *rt, int sig)
{
	struct traced *d = &rt->traced;

	d->state = TRACED_RUNNING;
	d->sig = sig;
	if (sig && !traced_at_signal(d) && !wait_event(d->status) && !d->in_group_stop) {
		if (!d->syscall_op) /* at a signal, too; but the kernel is not at one */
			d->unreported |= 1ull << (sig - 1);
		emulated_send(rt, &(siginfo_t){.si_signo = sig, .si_code = SI_KERNEL});
	}
	if (d->in_group_stop)
		rt->continued = true;
	if (d->at >= TRACED_IN_KERNEL)
		d->at = TRACED_AT_NOTHING;
}

/* During a group-stop of its process, it goes back into that: __ptrace_unlink() in kernel/ptrace.c.
 */
void emulated_detach(struct recorder *r, struct rtask *rt, int sig)
{
	struct traced *d = &rt->traced;
	bool stays = traced_is_stopped(d) && d->in_group_stop;

	d->by = 0;
	d->resume = TRACED_CONT;
	d->skips_calls = d->interrupted = false;
	d->unreported = 0;
	if (traced_is_stopped(d))
		emulated_stop_end(rt, sig);
	d->state = TRACED_RUNNING;
	rt->continued = false;
	if (stays) {
		emulated_resume(r, rt);
		emulated_listen(rt);
	} else if (rt->group_sig && rt->sched != SCHED_STOPPED) {
		d->interrupted = true;
		if (rt->sched == SCHED_BLOCKED)
			emulated_interrupt(rt);
	}
}

/* The kernel reports a child to its parent, but not the threads of that child. */
static bool kernel_reports(const struct rtask *rt)
{
	return rt->traced.child && rt->t.tid == rt->tgid;
}

static void ended_add(struct recorder *r, const struct rtask *rt)
{
	struct ended *e = xcalloc(1, sizeof(*e));

	STAILQ_INSERT_TAIL(&r->ended, e, link);
	e->by = rt->traced.by;
	e->tid = rt->t.tid;
	e->pgid = getpgid(rt->tgid);
	e->status = rt->exit_status;
	notify_tracer(r, e->by, e->tid, e->status);
}

static void ended_remove(struct recorder *r, struct ended *e)
{
	STAILQ_REMOVE(&r->ended, e, ended, link);
	free(e);
}

static void tracer_gone(struct recorder *r, pid_t by)
{
	struct ended *e, *next;
	struct rtask *x;

	STAILQ_FOREACH_SAFE(e, &r->ended, link, next)
		if (e->by == by)
			ended_remove(r, e);
	TAILQ_FOREACH(x, &r->tasks, link) {
		struct traced *d = &x->traced;
		if (d->by != by)
			continue;
		if (d->options & PTRACE_O_EXITKILL)
			kill(x->tgid, SIGKILL);
		emulated_detach(r, x, traced_at_signal(d) ? d->info.si_signo : 0);
	}
}

void emulated_task_gone(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	if (d->by && !kernel_reports(rt))
		ended_add(r, rt);
	d->by = 0;
	if (rt->t.tid == rt->tgid)
		tracer_gone(r, rt->tgid);
}

static bool is_waited_for(pid_t which, pid_t tid, pid_t pgid, pid_t by)
{
	if (which > 0)
		return tid == which;
	return which == -1 || pgid == (which ? -which : getpgid(by));
}

pid_t emulated_wait(struct recording *rec, struct task *by, pid_t which, bool look, int *status)
{
	struct recorder *r = (struct recorder *)rec;
	pid_t process = ((struct rtask *)by)->tgid;
	struct rtask *x;
	struct ended *e;
	bool some = false;

	TAILQ_FOREACH(x, &r->tasks, link) {
		struct traced *d = &x->traced;
		if (d->by != process || !is_waited_for(which, x->t.tid, getpgid(x->tgid), process))
			continue;
		if (d->state == TRACED_STOPPED) {
			if (!look)
				d->state = TRACED_REPORTED;
			*status = d->status;
			return x->t.tid;
		}
		some |= !kernel_reports(x);
	}
	STAILQ_FOREACH(e, &r->ended, link)
		if (e->by == process && is_waited_for(which, e->tid, e->pgid, process)) {
			pid_t tid = e->tid;
			*status = e->status;
			if (!look)
				ended_remove(r, e);
			return tid;
		}
	return some && (which > 0 || !proc_has_child(process)) ? -1 : 0;
}
