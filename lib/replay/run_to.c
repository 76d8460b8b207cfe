/* Runs a task's own code to where its next event is. */
#include "replay/replayer.h"
#include "tracee/breakpoints.h"
#include "tracee/waitstatus.h"
#include "tracee/watchpoints.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>

/* With the pc at which counted code is entered. */
static int set_at_entry(struct ptask *pt, int (*set)(struct task *t))
{
	uint64_t pc = ARCH_PC(&pt->t.regs);

	if (kernel_mm_counted(pt->t.mm))
		ARCH_PC(&pt->t.regs) = code_entry(code_of(pt->t.mm), pc);
	int e = set(&pt->t);
	ARCH_PC(&pt->t.regs) = pc;
	return e;
}

int ptask_set_regs(struct ptask *pt)
{
	return set_at_entry(pt, task_set_regs);
}

/* The same; a failure ends the replay. */
static enum replayer_result set_regs(struct replayer *p, struct ptask *pt)
{
	if (ptask_set_regs(pt))
		return replayer_fail(p, "registers cannot be set: %s", strerror(errno));
	return REPLAYER_OK;
}

int ptask_restore(struct ptask *pt)
{
	return set_at_entry(pt, task_restore);
}

void ptask_to_origin(struct replayer *p, struct ptask *pt)
{
	const struct code_places *code = code_of(pt->t.mm);
	siginfo_t si = {0};

	task_gone_ok(task_siginfo(&pt->t, &si));
	if (task_is_watchpoint_trap(&si))
		code_finish(&pt->t, &p->soft, &pt->count, PTRACE_SYSEMU_SINGLESTEP);
	uint64_t at = ARCH_PC(&pt->t.regs);
	ARCH_PC(&pt->t.regs) =
		task_is_breakpoint_trap(&si) ? code_origin_broken(code, at) : code_origin(code, at);
}

/* Whether the task is at an old call (arch/arch.h), which the filter of replays has trapped
 * (ptask.c), or whose page this machine's kernel lacks: its registers become those at the entry. */
static bool at_old_call(struct ptask *pt, int status)
{
	struct trace_regs *g = &pt->t.regs;
	siginfo_t si;

	if (wait_signal(status) == SIGSEGV && arch_old_call(ARCH_PC(g)) >= 0) {
		arch_old_call_faulted(g);
		return true;
	}
	if (wait_signal(status) != SIGSYS || task_siginfo(&pt->t, &si) ||
	    arch_old_call((uint64_t)si.si_call_addr) < 0)
		return false;
	arch_old_call_trapped(g, (uint64_t)si.si_call_addr);
	return true;
}

/* Whether the program caused the stop: by a call, a signal, or counted code, which sets pt->site.
 */
static bool arrived(struct replayer *p, struct ptask *pt, int status)
{
	const struct counter_page *page = &pt->count.page;
	const uint64_t saved[COUNTER_SAVED] = {page->saved[0], page->saved[1], page->saved[2]};

	pt->site = NULL;
	pt->nondet = -1;
	if (wait_is_call(status)) {
		if (kernel_mm_counted(pt->t.mm))
			code_at_stop(code_of(pt->t.mm), &pt->t.regs, saved, task_read_ctx, &pt->t,
				     &pt->site);
		if (pt->site && pt->site->kind >= CODE_NONDET)
			pt->nondet = pt->site->kind - CODE_NONDET;
		return true;
	}
	if (!task_raised(&pt->t, wait_signal(status)))
		return false;
	ptask_to_origin(p, pt);
	return true;
}

/* The task is stopped by the counted edge that makes one tick more than the result. */
static uint64_t stop_ticks(const struct replayer *p, const struct ptask *pt, uint64_t ticks)
{
	const struct replayer_hooks *s = p->hooks;

	return s && s->ticks > pt->count.ticks && s->ticks <= ticks ? s->ticks - 1 : ticks;
}

/* The task has stopped after a counted edge because a hook asked for it. */
static bool pauses_at_tick(const struct replayer *p, const struct ptask *pt)
{
	const struct replayer_hooks *s = p->hooks;

	return s && pt->site && pt->site->kind < CODE_NONDET &&
	       (s->stop_soon || (s->ticks && pt->count.ticks == s->ticks));
}

/* A hook has stepped the task over an access that triggers a watchpoint of the emulated tracer. */
static bool watchpoint_triggered(struct ptask *pt, int *status)
{
	bool is = pt->t.debugged && pt->t.triggered;

	pt->t.triggered = 0;
	if (is) {
		pt->site = NULL;
		pt->nondet = -1;
		*status = SIGTRAP << 8 | 0x7f;
	}
	return is;
}

/* Runs the task until it makes a call, raises a signal, or has made one tick more than `ticks`. */
static enum replayer_result run(struct replayer *p, struct ptask *pt, uint64_t ticks, int *status)
{
	enum replayer_result v;

	if (p->by)
		return p->by->run(p, pt, NULL, status);
	soft_arm(&pt->count, kernel_mm_counted(pt->t.mm)
				     ? stop_ticks(p, pt, ticks) - pt->count.ticks + 1
				     : SOFT_FAR);
	pt->t.triggered = 0;
	for (;;) {
		soft_enter(&p->soft, &pt->count);
		v = replayer_watchdog_resume(p, pt, PTRACE_SYSEMU, status);
		soft_leave(&p->soft, &pt->count);
		if (v)
			return v;
		if (at_old_call(pt, *status))
			*status = wait_encode_call();
		if (p->hooks && !wait_is_call(*status)) {
			enum hook_answer a = p->hooks->at_stop(p->hooks, p, pt, *status);
			if (a == HOOK_STAY)
				return REPLAYER_PAUSED;
			if (a == HOOK_RESUME && watchpoint_triggered(pt, status))
				return v;
			if (a == HOOK_RESUME)
				continue;
		}
		if (wait_event(*status) || !arrived(p, pt, *status))
			continue;
		if (!pauses_at_tick(p, pt))
			return v;
		v = set_regs(p, pt);
		return v ? v : REPLAYER_PAUSED;
	}
}

/* Runs to the event's position. `what`: what the task is to do there, for the report. */
static enum replayer_result run_to_event(struct replayer *p, struct ptask *pt, const char *what,
					 int *status)
{
	if (pt->count.ticks > p->ev.ticks)
		return replayer_diverged(
			p, NULL, "the task was to %s at tick %lu, and is at %lu already", what,
			(unsigned long)p->ev.ticks, (unsigned long)pt->count.ticks);
	return run(p, pt, p->ev.ticks, status);
}

enum replayer_result replayer_run_to_call(struct replayer *p, struct ptask *pt)
{
	int status;
	enum replayer_result v = run_to_event(p, pt, "make a call", &status);

	if (v)
		return v;
	if (pt->nondet >= 0 || pt->site || !wait_is_call(status))
		return replayer_unexpected(p, pt, "make a call", status);
	ptask_set_state(pt, PTASK_AT_CALL);
	return replayer_check_position(p, pt, true);
}

enum replayer_result replayer_run_to_signal(struct replayer *p, struct ptask *pt, int sig)
{
	char what[32];
	int status;

	/* A task that was stepped here has triggered a watchpoint without raising a signal. */
	if (pt->t.debugged && sig == SIGTRAP && pt->count.ticks == p->ev.ticks &&
	    arch_regs_differ(&p->ev.regs, &pt->t.regs, false) < 0)
		return REPLAYER_OK;
	snprintf(what, sizeof(what), "raise SIG%s", replayer_signal_name(sig));
	enum replayer_result v = run_to_event(p, pt, what, &status);
	if (v)
		return v;
	/* A program can make its time-stamp instructions fault: prctl(2), PR_SET_TSC. */
	bool tsc = pt->site && sig == SIGSEGV && arch_nondet_is_clock((unsigned)pt->nondet);
	if (tsc) {
		arch_mark_faulted(&pt->t.regs);
	} else if (pt->nondet >= 0 || pt->site || wait_signal(status) != sig) {
		if (pt->t.debugged && sig == SIGTRAP && !task_watchpoints_work())
			return replayer_fail(
				p,
				"event %lu: a watchpoint of the program's own tracer triggers, which debug registers do not on this "
				"machine: its hypervisor does not let them",
				(unsigned long)p->ev.num);
		return replayer_unexpected(p, pt, what, status);
	}
	return replayer_check_position(p, pt, false);
}

enum replayer_result replayer_run_to_edge(struct replayer *p, struct ptask *pt)
{
	int status;
	enum replayer_result v = run(p, pt, p->ev.ticks - 1, &status);

	if (v)
		return v;
	if (!pt->site || pt->site->kind >= CODE_NONDET)
		return replayer_unexpected(p, pt, "compute on", status);
	return set_regs(p, pt);
}

enum replayer_result replayer_run_to_tick(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v;

	if (p->by)
		return replayer_run_to_point(p, pt);
	if (pt->count.ticks < p->ev.ticks && kernel_mm_counted(pt->t.mm) &&
	    (v = replayer_run_to_edge(p, pt)))
		return v;
	return replayer_check_position(p, pt, false);
}

enum hook_answer replayer_step_insn(struct replayer *p, struct ptask *pt)
{
	enum step_result s;
	int status;

	if (p->hooks)
		return p->hooks->over_insn(p->hooks, pt);
	soft_arm(&pt->count, SOFT_FAR);
	/* The watchdog may interrupt it, even when the instruction is done and its trap is pending:
	 * then the next step reports that trap. */
	do
		s = code_step(&pt->t, &p->soft, &pt->count, PTRACE_SYSEMU_SINGLESTEP, 0, &status);
	while (s == STEP_STOPPED && wait_event(status) == PTRACE_EVENT_STOP);
	return s == STEP_DONE ? HOOK_RESUME : HOOK_NOT_MINE;
}

enum replayer_result replayer_run_to_insn(struct replayer *p, struct ptask *pt)
{
	/* A hook may have stepped it there. */
	if (pt->count.ticks == p->ev.ticks && arch_regs_differ(&p->ev.regs, &pt->t.regs, false) < 0)
		return REPLAYER_OK;
	switch (replayer_step_insn(p, pt)) {
	case HOOK_STAY: return REPLAYER_PAUSED;
	case HOOK_NOT_MINE:
		return replayer_diverged(p, pt, "the task was to step to its next instruction");
	default: return replayer_check_position(p, pt, false);
	}
}

enum replayer_result replayer_run_to_nondet(struct replayer *p, struct ptask *pt)
{
	const char *what = "come to an instruction whose result is recorded";
	int status;
	enum replayer_result v = run_to_event(p, pt, what, &status);

	if (v)
		return v;
	bool hooked = pt->nondet == (int)p->ev.sysno;
	bool trapped = pt->nondet < 0 && !pt->site && wait_signal(status) == SIGSEGV &&
		       arch_nondet_is_clock(p->ev.sysno);
	if (!hooked && !trapped) {
		if (arch_nondet_is_clock(p->ev.sysno) && !arch_clock_faults())
			return replayer_fail(
				p,
				"event %lu: is a time-stamp instruction in code that was not counted, which is not seen on this "
				"machine: its hypervisor does not let it fault",
				(unsigned long)p->ev.num);
		return replayer_unexpected(p, pt, what, status);
	}
	return replayer_check_position(p, pt, false);
}
