/* Where a task that another of the program's traces halts for it, what that one is told, and how
 * the task goes on: ptrace(2).
 *
 * In the trace a task halts where an event is, EV_HALT if there would be no other: what its tracer
 * then does to its memory is recorded as written by the tracer's call, and what it does to its
 * registers as another EV_HALT when the task goes on. */
#include "instrument/image.h"
#include "record/recorder.h"
#include "util/util.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- its tracer is told
 * ----------------------------------------------------------------------------------------- */

/* One waits to be told of, with what is told of the last that has come. */
static void send_sigchld(struct rtask *y, const siginfo_t *info)
{
	struct pending_signal *s = y->t.pending;

	while (s && !(s->sent && s->info.si_signo == SIGCHLD))
		s = s->next;
	if (!s)
		s = task_add_pending(&y->t, info);
	s->info = *info;
	s->sent = true;
	syscall(SYS_tgkill, y->tgid, y->t.tid, SIGCHLD);
}

/* A signal that nobody handles or keeps waiting changes nothing. */
static bool wants_sigchld(const struct rtask *y)
{
	return (proc_status_mask(y->t.tid, "SigCgt") | proc_status_mask(y->t.tid, "SigBlk")) >>
		       (SIGCHLD - 1) &
	       1;
}

/* What waits for it in the kernel, which knows nothing of it, has to ask again. */
static void tell(struct recorder *r, pid_t by, pid_t tid, int status)
{
	const siginfo_t info = kernel_child_info(tid, status);

	for (struct rtask *y = r->tasks; y; y = y->next) {
		if (y->tgid != by || y->state == RTASK_GONE)
			continue;
		if (y->t.tid == by && wants_sigchld(y))
			send_sigchld(y, &info);
		if (y->sched == SCHED_BLOCKED &&
		    (y->call.nr == SYS_wait4 || y->call.nr == SYS_waitid))
			task_resume(&y->t, PTRACE_INTERRUPT, 0);
	}
}

void halt(struct recorder *r, struct rtask *rt, enum halt_at at, int status, uint64_t msg)
{
	struct traced *d = &rt->traced;
	const struct wait_status w = wait_decode(status);

	d->halted = d->unreported = true;
	d->at = at;
	d->status = status;
	d->msg = msg;
	d->changed = d->xstate_changed = d->inexact = false;
	d->sig = 0;
	d->syscall_op = 0;
	d->step = STEP_NOT;
	d->regs = rt->t.regs;
	d->info = (siginfo_t){.si_signo = w.signal & 0x7f};
	d->info.si_code = w.kind == WAIT_SIGNAL ? SI_USER : w.signal | w.event << 8;
	d->info.si_pid = at == HALT_EVENT ? rt->tgid : d->by;
	tell(r, d->by, rt->t.tid, status);
}

/* --- where it halts
 * --------------------------------------------------------------------------------------------- */

static void put_halt(struct recorder *r, struct rtask *rt, uint16_t flags, int sig,
		     const struct trace_regs *before, const struct trace_regs *after)
{
	struct trace_event ev = {
		.kind = EV_HALT, .flags = flags, .result = sig, .regs = *before, .after = *after};

	put_event(r, rt, &ev);
}

/* What an event leaves a task with that has these registers at a stop: it makes a call again that
 * has been interrupted. */
static struct trace_regs left_with(const struct trace_regs *g)
{
	struct trace_regs left = *g;

	if (arch_is_restart((int64_t)ARCH_RESULT(g)) && (int64_t)ARCH_SYSNO(g) >= 0)
		arch_restart(&left);
	ARCH_SYSNO(&left) = (uint64_t)-1;
	return left;
}

/* In front of the call that g enters. */
static struct trace_regs before_call(const struct trace_regs *g)
{
	struct trace_regs before = *g;

	ARCH_RESULT(&before) = ARCH_SYSNO(g);
	ARCH_SYSNO(&before) = (uint64_t)-1;
	ARCH_PC(&before) -= ARCH_SYSCALL_LEN;
	return before;
}

static void park_at(struct rtask *rt, const struct trace_regs *g)
{
	struct trace_regs kept = rt->t.regs;

	rt->t.regs = *g;
	rtask_set_point(rt, POINT_EVENT);
	rt->t.regs = kept;
}

/* In a call, the registers are as at a stop of the kernel's: the call is to be made again when the
 * task goes on. */
static struct trace_regs registers(const struct rtask *rt)
{
	bool in_call = rtask_in_call(rt);
	struct trace_regs g = in_call ? rt->call.entry : rt->point.regs;

	if (in_call)
		ARCH_RESULT(&g) = (uint64_t)-ARCH_ERESTARTSYS;
	else
		ARCH_SYSNO(&g) = (uint64_t)-1;
	return g;
}

void halt_anywhere(struct recorder *r, struct rtask *rt, int status)
{
	enum halt_at at = HALT_EVENT;

	/* The call is still to be begun or skipped, the exit to go on. */
	if (rt->state == RTASK_AT_ENTRY || rt->state == RTASK_EXITING)
		at = rt->traced.at;
	else if (rtask_in_call(rt) || rt->sched == SCHED_STOPPED)
		at = HALT_INSIDE;
	else if (rt->state != RTASK_AT_POINT || rt->stop.pending || rt->point.kind == POINT_CALL)
		at = HALT_MIDWAY;
	else if (rt->point.kind == POINT_TICK)
		put_switch(r, rt);
	halt(r, rt, at, status, 0);
	rt->traced.regs = registers(rt);
}

static int call_stop(const struct traced *d)
{
	return wait_encode_stop(d->options & PTRACE_O_TRACESYSGOOD ? SIGTRAP | 0x80 : SIGTRAP);
}

bool halt_at_call(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	if (!d->by || !d->calls)
		return false;
	struct trace_regs front = before_call(&rt->t.regs);
	put_halt(r, rt, EVF_AT_CALL, 0, &rt->t.regs, &front);
	park_at(rt, &front);
	rtask_set_state(rt, RTASK_AT_ENTRY);
	halt(r, rt, d->sysemu ? HALT_NO_CALL : HALT_CALL, call_stop(d), 0);
	d->syscall_op = PTRACE_SYSCALL_INFO_ENTRY;
	return true;
}

/* What it has yet to halt for, behind its call. */
static bool halt_due(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	if (d->by && d->calls && d->at_exit) {
		d->at_exit = false;
		halt(r, rt, HALT_EVENT, call_stop(d), 0);
		d->syscall_op = PTRACE_SYSCALL_INFO_EXIT;
		return true;
	}
	d->at_exit = false;
	if (d->by && d->exec_trap) {
		d->exec_trap = false;
		halt(r, rt, HALT_EVENT, wait_encode_stop(SIGTRAP), 0);
		return true;
	}
	return false;
}

static bool wants(const struct traced *d, int event)
{
	return d->by && d->options & 1u << event;
}

void halt_behind_call(struct recorder *r, struct rtask *rt, bool execed)
{
	struct traced *d = &rt->traced;
	const struct call *c = &rt->call;
	bool vforked = c->result > 0 &&
		       (c->nr == SYS_vfork || (c->nr == SYS_clone && c->args[0] & CLONE_VFORK));

	if (!d->by)
		return;
	d->at_exit = d->calls;
	d->exec_trap = execed && !d->seized && !wants(d, PTRACE_EVENT_EXEC);
	if (execed && wants(d, PTRACE_EVENT_EXEC))
		halt(r, rt, HALT_EVENT, wait_encode_event(PTRACE_EVENT_EXEC, SIGTRAP),
		     (uint64_t)rt->exec_from);
	else if (vforked && wants(d, PTRACE_EVENT_VFORK_DONE))
		halt(r, rt, HALT_EVENT, wait_encode_event(PTRACE_EVENT_VFORK_DONE, SIGTRAP),
		     (uint64_t)c->result);
	else
		halt_due(r, rt);
}

/* kernel_clone() in kernel/fork.c */
static int clone_event(const struct call *c)
{
	if (c->nr == SYS_vfork || (c->nr == SYS_clone && c->args[0] & CLONE_VFORK))
		return PTRACE_EVENT_VFORK;
	return c->nr == SYS_fork || (c->args[0] & CSIGNAL) == SIGCHLD ? PTRACE_EVENT_FORK
								      : PTRACE_EVENT_CLONE;
}

void halt_at_clone(struct recorder *r, struct rtask *rt, struct rtask *child)
{
	struct traced *d = &rt->traced, *of = &child->traced;
	const struct call *c = &rt->call;
	int event = clone_event(c);

	if (!wants(d, event) || (c->nr == SYS_clone && c->args[0] & CLONE_UNTRACED))
		return;
	of->by = d->by;
	of->seized = d->seized;
	of->options = d->options;
	halt(r, rt, HALT_INSIDE, wait_encode_event(event, SIGTRAP), (uint64_t)child->t.tid);
	d->regs = c->entry;
	halt(r, child, HALT_EVENT,
	     d->seized ? wait_encode_event(PTRACE_EVENT_STOP, SIGTRAP) : wait_encode_stop(SIGSTOP),
	     0);
}

bool halt_at_exit(struct recorder *r, struct rtask *rt)
{
	if (!wants(&rt->traced, PTRACE_EVENT_EXIT) || task_get_regs(&rt->t))
		return false;
	halt(r, rt, HALT_LEAVES, wait_encode_event(PTRACE_EVENT_EXIT, SIGTRAP),
	     (uint64_t)rt->exit_status);
	return true;
}

static void tell_struck(struct rtask *rt, bool stepped)
{
	arch_debug_report(rt->traced.debug, rt->t.struck, stepped);
	rt->t.struck = 0;
}

bool halt_at_signal(struct recorder *r, struct rtask *rt, const siginfo_t *si, uint16_t flags)
{
	struct traced *d = &rt->traced;
	struct trace_regs *g = &rt->t.regs, left = left_with(g);

	if (!d->by || si->si_signo == SIGKILL)
		return false;
	if (flags & EVF_SYNC)
		put_halt(r, rt, EVF_SYNC, si->si_signo, g, g);
	else if (flags & EVF_AT_CALL)
		put_halt(r, rt, EVF_AT_CALL, 0, &rt->call_entry, &left);
	else if (!flags && rt->point.kind == POINT_TICK)
		put_switch(r, rt);
	if (!(flags & EVF_INEXACT))
		rtask_stop_at_point(rt, POINT_EVENT);
	halt(r, rt, HALT_SIGNAL, wait_encode_stop(si->si_signo), 0);
	d->info = *si;
	if (rt->t.struck)
		tell_struck(rt, false);
	d->inexact = flags & EVF_INEXACT;
	return true;
}

void halt_at_stop(struct recorder *r, struct rtask *rt, int sig)
{
	struct traced *d = &rt->traced;

	if (!d->by || d->halted)
		return;
	if (sig == SIGTRAP) { /* it goes on, and has been listened to */
		d->listening = false;
		halt(r, rt, HALT_EVENT, wait_encode_event(PTRACE_EVENT_STOP, SIGTRAP), 0);
		d->regs = registers(rt);
		return;
	}
	halt(r, rt, HALT_INSIDE,
	     d->seized ? wait_encode_event(PTRACE_EVENT_STOP, sig) : wait_encode_stop(sig), 0);
	d->regs = registers(rt);
	d->stopped = true;
}

/* Behind an instruction, whose registers are read. */
static void halt_behind_insn(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	halt(r, rt, HALT_EVENT, wait_encode_stop(SIGTRAP), 0);
	tell_struck(rt, true);
	d->info = (siginfo_t){.si_signo = SIGTRAP, .si_code = TRAP_TRACE};
	d->info.si_addr = (void *)ARCH_PC(&d->regs);
}

/* The counters that tell any point are told of it as of any other. */
static enum step_result step_exactly(struct recorder *r, struct rtask *rt, int sig)
{
	enum step_result s = tick_step(r, rt, sig);

	if (s == STEP_NONDET)
		s = STEP_DONE;
	if (s == STEP_DONE && rt->point.kind == POINT_TICK)
		put_switch(r, rt);
	return s;
}

static enum step_result step_counted_code(struct recorder *r, struct rtask *rt, int sig)
{
	struct trace_regs *g = &rt->t.regs;

	ARCH_PC(g) = code_origin(&rt->t.mm->code, ARCH_PC(g));
	int status;
	enum step_result s =
		code_step(&rt->t, &r->soft, &rt->count, PTRACE_SINGLESTEP, sig, &status);
	if (s == STEP_STOPPED)
		rtask_set_stop(r, rt, status);
	if (s != STEP_DONE)
		return s;
	rtask_set_state(rt, RTASK_AT_POINT);
	if (r->by_hpc) {
		tick_read(r, rt, false);
		put_switch(r, rt);
		return s;
	}
	put_halt(r, rt, EVF_STEP, 0, g, g);
	rtask_set_point(rt, POINT_EVENT);
	rtask_go_from(rt, ARCH_PC(g));
	return s;
}

enum step_result halt_step(struct recorder *r, struct rtask *rt, int sig)
{
	enum step_result s = STEP_GONE;

	if (r->step)
		s = step_exactly(r, rt, sig);
	else if (!task_get_regs(&rt->t))
		s = step_counted_code(r, rt, sig);
	if (s == STEP_NONDET)
		s = STEP_CALL;
	if (s == STEP_DONE)
		halt_behind_insn(r, rt);
	/* An instruction that has raised a signal may be answered by us. */
	if (s == STEP_CALL || (s == STEP_STOPPED && !wait_event(rt->stop.status)))
		rt->traced.step = STEP_RESUMED;
	return s;
}

void halt_stepped(struct recorder *r, struct rtask *rt)
{
	if (!rtask_is_settled(rt) || rt->state != RTASK_AT_POINT || rt->inject ||
	    rt->point.kind == POINT_CALL || rt->traced.halted || !rt->traced.by)
		return;
	if (rt->point.kind == POINT_TICK)
		put_switch(r, rt);
	halt_behind_insn(r, rt);
}

/* --- it goes on
 * -------------------------------------------------------------------------------------------------
 */

void halt_ends(struct rtask *rt, int sig)
{
	struct traced *d = &rt->traced;

	d->halted = d->unreported = false;
	d->sig = sig;
	if (d->at != HALT_SIGNAL && sig && !wait_event(d->status) &&
	    sig != wait_decode(d->status).signal)
		syscall(SYS_tgkill, rt->tgid, rt->t.tid, sig);
	if (d->at == HALT_INSIDE || d->at == HALT_MIDWAY)
		d->at = HALT_NOT;
	if (d->stopped && rt->sched == SCHED_STOPPED) {
		d->leave_stop = true;
		task_resume(&rt->t, PTRACE_INTERRUPT, 0);
	}
	d->stopped = false;
}

/* It stands where its last event has left it, and goes on with the tracer's registers; a replay
 * with `after`. */
static void put_changes(struct recorder *r, struct rtask *rt, const struct trace_regs *after)
{
	struct trace_regs before = left_with(&rt->point.regs);

	if (rt->traced.xstate_changed)
		put_xstate(r, rt);
	put_halt(r, rt, 0, 0, &before, after);
	rt->t.regs = rt->traced.regs;
}

static void take_changes(struct recorder *r, struct rtask *rt, enum halt_at at)
{
	struct traced *d = &rt->traced;
	struct trace_regs after = at == HALT_CALL ? before_call(&d->regs) : left_with(&d->regs);

	if (!d->changed && !d->xstate_changed)
		return;
	put_changes(r, rt, &after);
	if (at == HALT_EVENT)
		rtask_go_from(rt, ARCH_PC(&rt->t.regs));
	else /* a signal's frame holds what the original has */
		task_set_regs(&rt->t);
	if (at == HALT_CALL)
		park_at(rt, &after);
	else
		rtask_set_point(rt, POINT_EVENT);
}

/* At a call's entry, which the task goes on behind without making it. */
static void skip_call(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;

	ARCH_SYSNO(&rt->traced.regs) = (uint64_t)-1;
	put_changes(r, rt, &rt->traced.regs);
	int status;

	rtask_stop_at_point(rt, POINT_EVENT);
	if (task_set_regs(t) || task_resume(t, PTRACE_SYSCALL, 0) || task_wait(t, &status))
		return;
	if (wait_is_call(status))
		rtask_go_from(rt, ARCH_PC(&t->regs));
	else
		rtask_set_stop(r, rt, status);
}

bool halt_go_on(struct recorder *r, struct rtask *rt)
{
	enum halt_at at = rt->traced.at;

	rt->traced.at = HALT_NOT;
	switch (at) {
	case HALT_EVENT: take_changes(r, rt, at); return halt_due(r, rt);
	case HALT_SIGNAL:
		take_changes(r, rt, at);
		if (!signal_go_on(r, rt)) {
			if (!rt->traced.inexact && !rt->stop.pending && !rt->inject)
				rtask_go_from(rt, ARCH_PC(&rt->t.regs));
		} else if (rt->traced.step) { /* into a handler, that is the step */
			halt_behind_insn(r, rt);
		}
		return true;
	case HALT_CALL:
		take_changes(r, rt, at);
		call_begin(r, rt);
		if (rt->traced.step)
			rt->traced.step = STEP_RESUMED;
		return true;
	case HALT_NO_CALL: skip_call(r, rt); return true;
	case HALT_LEAVES: task_leaves(r, rt); return true;
	default: return false;
	}
}

/* --- waiting for it
 * --------------------------------------------------------------------------------------------- */

/* It tells a parent of its child, but not of that one's threads. */
static bool is_known_to_kernel(const struct rtask *rt)
{
	return rt->traced.child && rt->t.tid == rt->tgid;
}

static void ended_add(struct recorder *r, const struct rtask *rt)
{
	struct ended **at = &r->ended, *e = xcalloc(1, sizeof(*e));

	while (*at)
		at = &(*at)->next;
	*at = e;
	e->by = rt->traced.by;
	e->tid = rt->t.tid;
	e->pgid = getpgid(rt->tgid);
	e->status = rt->exit_status;
	tell(r, e->by, e->tid, e->status);
}

static void tracer_gone(struct recorder *r, pid_t by)
{
	for (struct ended **at = &r->ended, *e; (e = *at);) {
		if (e->by == by) {
			*at = e->next;
			free(e);
		} else {
			at = &e->next;
		}
	}
	for (struct rtask *x = r->tasks; x; x = x->next) {
		struct traced *d = &x->traced;
		if (d->by != by)
			continue;
		d->by = 0;
		d->calls = false;
		d->step = STEP_NOT;
		if (d->options & PTRACE_O_EXITKILL)
			kill(x->tgid, SIGKILL);
		if (d->halted)
			halt_ends(x, d->at == HALT_SIGNAL ? d->info.si_signo : 0);
	}
}

void halt_task_gone(struct recorder *r, struct rtask *rt)
{
	struct traced *d = &rt->traced;

	if (d->by && !is_known_to_kernel(rt))
		ended_add(r, rt);
	d->by = 0;
	if (rt->t.tid == rt->tgid)
		tracer_gone(r, rt->tgid);
}

static bool is_meant(pid_t which, pid_t tid, pid_t pgid, pid_t by)
{
	if (which > 0)
		return tid == which;
	return which == -1 || pgid == (which ? -which : getpgid(by));
}

pid_t halt_wait(struct recording *rec, struct task *by, pid_t which, bool look, int *status)
{
	struct recorder *r = (struct recorder *)rec;
	pid_t process = ((struct rtask *)by)->tgid;
	bool some = false;

	for (struct rtask *x = r->tasks; x; x = x->next) {
		struct traced *d = &x->traced;
		if (d->by != process || !is_meant(which, x->t.tid, getpgid(x->tgid), process))
			continue;
		if (d->unreported) {
			d->unreported = look;
			*status = d->status;
			return x->t.tid;
		}
		some |= !is_known_to_kernel(x);
	}
	for (struct ended **at = &r->ended, *e; (e = *at); at = &e->next)
		if (e->by == process && is_meant(which, e->tid, e->pgid, process)) {
			pid_t tid = e->tid;
			*status = e->status;
			if (!look) {
				*at = e->next;
				free(e);
			}
			return tid;
		}
	return some && (which > 0 || !proc_has_child(process)) ? -1 : 0;
}
