/* Signals: each is delivered at an exact point, which a replay can find.
 *
 * A signal that an instruction raises is delivered at that instruction. Any other is delivered at
 * once if the task is at its last exact point. Otherwise it is pending in the recorder until the
 * next one: a counted edge, where the task is asked to stop, or the entry of a call. There the call
 * is taken back before the kernel makes it, so that the signal is delivered before it.
 */
#include "record/signals.h"

#include "instrument/image.h"
#include "record/control.h"
#include "record/emulated.h"
#include "record/recorder.h"
#include "record/ticks.h"
#include "tracee/breakpoints.h"
#include "tracee/procfs.h"
#include "tracee/watchpoints.h"
#include "util/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long a signal without a handler that stops or ends the program waits for an exact point, ns.
 */
#define OVERDUE_NS 250000000u

/* SYS_SECCOMP in asm-generic/siginfo.h, which the C library lacks. */
#define SIGSYS_FILTER 1

/* An instruction may raise it. */
static bool is_fault_signal(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGTRAP;
}

static bool raised_by_instruction(const siginfo_t *si)
{
	return is_fault_signal(si->si_signo) && si->si_code > 0 && si->si_code != SI_USER;
}

static bool default_ignores(int sig)
{
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

bool signal_stops(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void put_siginfo(struct recorder *r, struct rtask *rt, const siginfo_t *si)
{
	kernel_put(&r->rec, &(struct trace_data){.kind = DATA_SIGINFO,
						 .tid = rt->t.tid,
						 .len = sizeof(*si),
						 .bytes = (const uint8_t *)si});
}

static void put_handler(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	uint64_t end = arch_sigframe_end(&t->regs, task_read_ctx, t);

	if (end)
		kernel_put_out(&r->rec, t, ARCH_SP(&t->regs), end - ARCH_SP(&t->regs));
	rtask_put_xstate(r, rt);
}

/* A single step into the handler shows the signal frame before any instruction of the handler runs.
 */
static void deliver_to_handler(struct recorder *r, struct rtask *rt, struct trace_event *ev,
			       int sig)
{
	struct task *t = &rt->t;
	const struct trace_regs before = t->regs;

	if (task_resume(t, PTRACE_SINGLESTEP, sig))
		return;
	int status;
	if (task_wait(t, &status))
		return;
	if (wait_signal(status) != SIGTRAP) {
		/* There is no room for a frame, or the task is killed: that stop is handled next.
		 */
		rtask_set_stop(r, rt, status);
		bool failed = wait_signal(status) == SIGSEGV && !task_get_regs(t);
		if (failed) {
			rtask_set_state(rt, RTASK_FRAME_FAILED);
			ev->after = t->regs;
		}
		rtask_put_event(r, rt, ev);
		/* SIGSEGV is delivered where the frame was to be pushed. */
		if (failed)
			rtask_set_point(rt, POINT_EVENT);
		return;
	}
	task_gone_ok(task_get_regs(t));
	arch_sigframe_unstep(&t->regs, &before, task_read_ctx, task_write_ctx, t);
	ev->flags |= EVF_HANDLER;
	ev->after = t->regs;
	put_handler(r, rt);
	rtask_put_event(r, rt, ev);
	rtask_stop_at_point(rt, POINT_EVENT);
	rt->cooldown_until = rt->count.ticks + COOLDOWN_TICKS;
}

static bool is_caught(struct task *t, int sig)
{
	return proc_status_mask(t->tid, "SigCgt") >> (sig - 1) & 1;
}

static bool is_first_of_namespace(const struct rtask *rt)
{
	return proc_inner_tid(rt->tgid) == 1;
}

/* Whether a signal without a handler changes nothing. The first process of a pid namespace gets
 * SIGSTOP from other namespaces alone: pid_namespaces(7). forced: the kernel has raised it in the
 * task itself, and has reset its action. */
static bool is_ignored(const struct rtask *rt, const siginfo_t *si, bool forced)
{
	int sig = si->si_signo;

	if (forced || sig == SIGKILL)
		return false;
	if (is_first_of_namespace(rt))
		return sig != SIGSTOP || si->si_pid;
	return sig != SIGSTOP &&
	       (default_ignores(sig) || (proc_status_mask(rt->t.tid, "SigIgn") >> (sig - 1) & 1));
}

/* An ignored signal is not handed to the kernel. It would change nothing, and a task that is
 * single-stepped would execute an instruction with it. */
static void apply(struct recorder *r, struct rtask *rt, const siginfo_t *si, bool caught,
		  bool forced, uint16_t flags)
{
	struct task *t = &rt->t;
	int sig = si->si_signo;
	struct trace_event ev = {.kind = EV_SIGNAL,
				 .flags = flags,
				 .result = sig,
				 .regs = t->regs,
				 .after = t->regs};

	if (flags == EVF_AT_CALL)
		ev.regs = rt->call_entry;
	/* Inside an interrupted call: the program would go on by restarting it. */
	if (flags == 0 && arch_is_restart((int64_t)ARCH_RESULT(&t->regs)) &&
	    (int64_t)ARCH_SYSNO(&t->regs) >= 0) {
		arch_restart(&ev.regs);
		ev.after = ev.regs;
	}
	put_siginfo(r, rt, si);
	if (caught) {
		deliver_to_handler(r, rt, &ev, sig);
		return;
	}
	if (!is_ignored(rt, si, forced)) {
		ev.flags |= signal_stops(sig) ? EVF_STOP : EVF_FATAL;
		rt->inject = sig;
		rt->ends_untraced = forced && is_first_of_namespace(rt);
	}
	rtask_put_event(r, rt, &ev);
	if (flags == EVF_SYNC)
		rtask_set_point(rt, POINT_EVENT);
	/* The task goes on here, perhaps after a stop. */
	else if (!(flags & EVF_INEXACT) && !(ev.flags & EVF_FATAL))
		rtask_set_pc(rt, ARCH_PC(&t->regs));
}

static void deliver(struct recorder *r, struct rtask *rt, const siginfo_t *si, bool caught,
		    bool forced, uint16_t flags)
{
	if (!emulated_stop_at_signal(r, rt, si, flags))
		apply(r, rt, si, caught, forced, flags);
}

bool signal_deliver_traced(struct recorder *r, struct rtask *rt, bool inexact)
{
	struct traced *d = &rt->traced;
	siginfo_t info = {.si_signo = d->sig, .si_code = SI_USER};

	if (!d->sig)
		return false;
	if (d->sig == d->info.si_signo)
		info = d->info;
	else
		info.si_pid = d->by;
	ptrace(PTRACE_SETSIGINFO, rt->t.tid, NULL, &info);
	bool caught = is_caught(&rt->t, d->sig);
	apply(r, rt, &info, caught, false, inexact ? EVF_INEXACT : 0);
	return caught && !rt->stop.pending;
}

static bool answer_tsc(struct recorder *r, struct rtask *rt, const siginfo_t *si)
{
	struct task *t = &rt->t;
	uint8_t bytes[3];
	struct arch_nondet c;

	if (si->si_signo != SIGSEGV || si->si_code != SI_KERNEL || t->clock_faults)
		return false;
	ssize_t n = task_read(t, ARCH_PC(&t->regs), bytes, sizeof(bytes));
	if (n <= 0 || !arch_nondet_at(bytes, (size_t)n, &c))
		return false;
	tick_emulate_insn(r, rt, &c);
	return true;
}

/* The kernel reports a signal that the recorder has sent again, so with the siginfo of that: puts
 * the original siginfo of the oldest pending signal with this number in its place. sent: look at
 * those that have been sent again, or at those that have not. */
static bool take_pending(struct rtask *rt, siginfo_t *si, bool sent)
{
	struct pending_signal *s;

	STAILQ_FOREACH(s, &rt->t.pending, link) {
		if (s->sent != sent || s->info.si_signo != si->si_signo)
			continue;
		*si = s->info;
		ptrace(PTRACE_SETSIGINFO, rt->t.tid, NULL, si);
		task_remove_pending(&rt->t, s);
		return true;
	}
	return false;
}

/* A standard signal is delivered once, however often it was sent while it was pending: signal(7).
 */
static bool is_pending(const struct rtask *rt, int sig)
{
	const struct pending_signal *s;

	if (sig >= SIGRTMIN)
		return false;
	STAILQ_FOREACH(s, &rt->t.pending, link)
		if (!s->sent && s->info.si_signo == sig)
			return true;
	return false;
}

static bool is_cooling_down(const struct rtask *rt)
{
	return rt->count.ticks < rt->cooldown_until;
}

/* A timer signal may as well come a little later. Another process may be waiting for the effect of
 * a signal that it sends. */
static bool is_timer_signal(const siginfo_t *si)
{
	return si->si_code == SI_TIMER ||
	       (si->si_code == SI_KERNEL &&
		(si->si_signo == SIGALRM || si->si_signo == SIGVTALRM || si->si_signo == SIGPROF));
}

/* Blocks the signal in the kernel while one is pending here: a timer that expires again before the
 * task has executed an instruction would stop it for ever. Were a signal blocked that the next
 * instruction raises, the kernel would reset its action. */
static void defer(struct rtask *rt, int sig)
{
	if (is_fault_signal(sig))
		return;
	uint64_t deferred = rt->deferred | 1ull << (sig - 1), mask;

	if (!rt->deferred && ptrace(PTRACE_GETSIGMASK, rt->t.tid, sizeof(rt->mask), &rt->mask))
		return;
	mask = rt->mask | deferred;
	if (!ptrace(PTRACE_SETSIGMASK, rt->t.tid, sizeof(mask), &mask))
		rt->deferred = deferred;
}

void signal_restore_mask(struct rtask *rt)
{
	if (rt->deferred)
		ptrace(PTRACE_SETSIGMASK, rt->t.tid, sizeof(rt->mask), &rt->mask);
	rt->deferred = 0;
}

static void defer_pending(struct rtask *rt, uint64_t caught)
{
	const struct pending_signal *s;

	STAILQ_FOREACH(s, &rt->t.pending, link)
		if (!s->sent && caught >> (s->info.si_signo - 1) & 1)
			defer(rt, s->info.si_signo);
}

/* A signal without a handler that could not wait for an exact point: it is delivered where the task
 * is. */
static void deliver_overdue(struct recorder *r, struct rtask *rt, const siginfo_t *si)
{
	bool exact = tick_settle(r, rt);

	if (exact)
		tick_stop_here(r, rt);
	deliver(r, rt, si, false, false, exact ? 0 : EVF_INEXACT);
}

/* Whether a seccomp filter of the program's has raised the signal. If that kills, there is nothing
 * to be done: the event of the call's entry is the task's last. Otherwise the siginfo gets what the
 * kernel does not know: kernel/seccomp.c. */
static bool of_filter(struct recorder *r, struct rtask *rt, siginfo_t *si)
{
	const struct filtered *f = &rt->call.filtered;

	if (si->si_signo != SIGSYS || si->si_code != SIGSYS_FILTER || !f->at)
		return false;
	if (f->how != FILTERED_KILLED && !rtask_at_point(rt))
		return false; /* of a call in the kernel's own page */
	if (f->how == FILTERED_KILLED) {
		rt->inject = SIGSYS;
		return true;
	}
	rtask_set_origin(rt, false);
	si->si_errno = (int)f->data;
	si->si_call_addr = (void *)ARCH_PC(&rt->t.regs);
	ptrace(PTRACE_SETSIGINFO, rt->t.tid, NULL, si);
	deliver(r, rt, si, is_caught(&rt->t, SIGSYS), true, 0);
	return true;
}

void signal_stop(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	siginfo_t si;

	if (task_siginfo(t, &si) || task_get_regs(t))
		return;
	bool resent = si.si_code == SI_KERNEL ||
		      (si.si_code == SI_TKILL && (si.si_pid == r->rec.self || !si.si_pid));
	bool ours = resent && take_pending(rt, &si, true);
	bool failed = rt->state == RTASK_FRAME_FAILED;
	if (failed)
		rtask_set_state(rt, RTASK_BETWEEN);
	if (!resent && of_filter(r, rt, &si))
		return;
	if (!ours && !failed && raised_by_instruction(&si)) {
		if (t->debugged && task_is_watchpoint_trap(&si)) {
			t->triggered |= task_triggered_watchpoints(t);
			code_finish(t, &r->soft, &rt->count, PTRACE_SINGLESTEP);
		}
		rtask_set_origin(rt, task_is_breakpoint_trap(&si));
		if (!answer_tsc(r, rt, &si))
			deliver(r, rt, &si, is_caught(t, si.si_signo), true, EVF_SYNC);
		return;
	}
	const uint64_t catches = proc_status_mask(t->tid, "SigCgt");
	bool caught = catches >> (si.si_signo - 1) & 1;
	bool cooling =
		kernel_mm_counted(t->mm) && is_cooling_down(rt) && is_timer_signal(&si) && caught;
	if (rtask_at_point(rt)) {
		if (rt->state == RTASK_BETWEEN)
			rtask_set_state(rt, RTASK_AT_POINT);
		if (ours || !cooling) {
			rtask_set_origin(rt, false);
			deliver(r, rt, &si, caught, failed,
				rt->point.kind == POINT_CALL ? EVF_AT_CALL : 0);
			return;
		}
	}
	if (!caught) {
		if (is_ignored(rt, &si, failed)) /* changes nothing, wherever it is delivered */
			return;
		if (rt->overdue_sig == si.si_signo) {
			rt->overdue_sig = 0;
			rt->overdue_ns = 0;
			take_pending(rt, &si, false);
			deliver_overdue(r, rt, &si);
			return;
		}
		if (!rt->overdue_ns) {
			rt->overdue_ns = clock_now_ns() + OVERDUE_NS;
			control_tick();
		}
	}
	if (!is_pending(rt, si.si_signo))
		task_add_pending(t, &si);
	if (kernel_mm_counted(t->mm) && !rtask_in_call(rt))
		defer_pending(rt, catches);
}

void signal_check_overdue(struct rtask *rt)
{
	const struct pending_signal *s;

	if (!rt->overdue_ns || rt->overdue_sig || clock_now_ns() < rt->overdue_ns)
		return;
	STAILQ_FOREACH(s, &rt->t.pending, link)
		if (!s->sent && !is_caught(&rt->t, s->info.si_signo)) {
			rt->overdue_sig = s->info.si_signo;
			break;
		}
	if (rt->overdue_sig)
		syscall(SYS_tgkill, rt->tgid, rt->t.tid, rt->overdue_sig);
}

/* Puts the task before the call that `entry` enters, and has the signal delivered there. */
static void stop_before_call(struct rtask *rt, const struct trace_regs *entry,
			     struct pending_signal *s)
{
	struct task *t = &rt->t;

	rt->call_entry = t->regs = *entry;
	arch_before_call(&t->regs);
	task_gone_ok(task_set_regs(t));
	rtask_stop_at_point(rt, POINT_CALL);
	rt->overdue_ns = 0;
	s->sent = true;
	rt->inject = s->info.si_signo;
}

static void resend(struct rtask *rt, struct pending_signal *s)
{
	s->sent = true;
	syscall(SYS_tgkill, rt->tgid, rt->t.tid, s->info.si_signo);
}

void signals_resend(struct rtask *rt)
{
	for (struct pending_signal *s; (s = task_first_pending(&rt->t));)
		resend(rt, s);
}

bool signal_deliver_at_call(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	struct trace_regs entry = t->regs;
	struct pending_signal *s = task_first_pending(&rt->t);

	/* the handler that it would interrupt has returned */
	if (!s || (ARCH_SYSNO(&entry) == SYS_rt_sigreturn && is_timer_signal(&s->info)))
		return false;
	/* The signal can also be delivered after the call. That is right when signals come so fast
	 * that the call would be taken back for ever. */
	if (is_cooling_down(rt) && is_timer_signal(&s->info)) {
		resend(rt, s);
		return false;
	}
	/* Take the call back: the kernel skips it, and the registers are set to those before it. */
	t->skips = true;
	if (!task_set_regs(t) && rtask_leave_entry(r, rt))
		stop_before_call(rt, &entry, s);
	return true;
}
