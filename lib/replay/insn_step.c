/* Executes single instructions of the program, which may lie in trampolines. */
#include "replay/debugger.h"
#include "replay/displace.h"
#include "replay/page_watch.h"
#include "tracee/address_space.h"
#include "tracee/breakpoints.h"
#include "tracee/waitstatus.h"

#include <signal.h>
#include <sys/ptrace.h>

static bool is_tick_event(const struct trace_event *ev)
{
	return ev->kind == EV_SWITCH || ((ev->kind == EV_SIGNAL || ev->kind == EV_PTRACE_STOP) &&
					 !(ev->flags & (EVF_SYNC | EVF_AT_CALL | EVF_INEXACT)));
}

bool debugger_event_needs_no_run(const struct trace_event *ev)
{
	return ev->kind == EV_EXIT || ev->kind == EV_CHECKSUM ||
	       ((ev->kind == EV_SIGNAL || ev->kind == EV_SWITCH) && ev->flags & EVF_INEXACT);
}

/* The task is where its next event is. */
static bool at_event(struct debug *d, struct ptask *pt)
{
	const struct trace_event *ev = &d->p.ev;

	if (d->p.event == EVENT_REACHED || pt->state == PTASK_AT_CALL ||
	    debugger_event_needs_no_run(ev))
		return true;
	return is_tick_event(ev) && pt->count.ticks >= ev->ticks &&
	       arch_regs_differ(&ev->regs, &pt->t.regs, false) < 0;
}

/* After a trap of the program's own the task is past the instruction, where a replay would
 * continue. */
static void before_trap(struct ptask *pt, int status)
{
	siginfo_t si;

	if (wait_signal(status) == SIGTRAP && !task_siginfo(&pt->t, &si) &&
	    task_is_breakpoint_trap(&si))
		ARCH_PC(&pt->t.regs)--;
}

void debugger_insn_origin(struct ptask *pt)
{
	ARCH_PC(&pt->t.regs) = code_origin(code_of(pt->t.mm), ARCH_PC(&pt->t.regs));
}

/* Executes one instruction at the task's own pc. The watchdog may stop the task first, even when
 * the instruction is done and its trap is pending; then the next step reports that trap. */
static enum step_result step_plain(struct debug *d, struct ptask *pt, struct arch_nondet *c,
				   int *status)
{
	enum step_result s;
	uint64_t edge;

	do {
		if (d->p.by) {
			s = replayer_step_counted(pt, c, status);
			continue;
		}
		soft_enter(&d->p.soft, &pt->count);
		s = step_once(&pt->t, PTRACE_SYSEMU_SINGLESTEP, 0, &edge, c, status);
		soft_leave(&d->p.soft, &pt->count);
	} while (s == STEP_STOPPED && wait_event(*status));
	return s;
}

static enum step_result step_one(struct debug *d, struct ptask *pt, struct arch_nondet *c,
				 int *status)
{
	enum step_result s = step_plain(d, pt, c, status);

	return s == STEP_STOPPED && debugger_page_watch_triggered(pt, *status)
		       ? debugger_page_watch_pass(d, pt, status, step_plain)
		       : s;
}

/* Counts the instruction, from 0 again if it made a tick. */
static void count_insn(struct debug *d, const struct ptask *pt, uint64_t ticks_before)
{
	bool ticked = pt->count.ticks != ticks_before;

	d->insns = ticked ? 0 : d->insns + 1;
	d->insns_known |= ticked;
}

enum step_result debugger_insn_step_counted(struct debug *d, struct ptask *pt,
					    struct arch_nondet *c, int *status)
{
	uint64_t ticks = pt->count.ticks;
	enum step_result s = step_one(d, pt, c, status);

	if (s == STEP_DONE)
		count_insn(d, pt, ticks);
	return s;
}

bool debugger_insn_pass_page_watch(struct debug *d, struct ptask *pt, int status)
{
	uint64_t pc = ARCH_PC(&pt->t.regs);
	bool inserted =
		task_find_breakpoint(&pt->t, pc); /* the instruction that faulted was displaced */

	if (inserted)
		task_remove_breakpoint(&pt->t, pc);
	enum step_result s = debugger_page_watch_pass(d, pt, &status, step_plain);
	if (inserted)
		task_gone_ok(task_insert_breakpoint(&pt->t, pc));
	return s == STEP_DONE;
}

/* Executes the instruction at the task's own pc, and then the trampoline up to the program's next
 * instruction. */
static enum stepped step_raw(struct debug *d, struct ptask *pt)
{
	struct arch_nondet c;
	int status;
	bool moved = false;

	for (int i = 0; i < CODE_BETWEEN_MAX; i++) {
		enum step_result s = step_one(d, pt, &c, &status);
		if (s == STEP_GONE || (s == STEP_STOPPED && !wait_is_stop(status)))
			return STEP_FAILED;
		if (s != STEP_DONE) {
			if (s == STEP_STOPPED)
				before_trap(pt, status);
			if (code_at_stop_code(code_of(pt->t.mm), ARCH_PC(&pt->t.regs)))
				return STEP_AT_EVENT;
			return moved ? STEPPED : STEP_AT_EVENT;
		}
		moved = true;
		if (code_at_insn(code_of(pt->t.mm), ARCH_PC(&pt->t.regs)))
			return STEPPED;
	}
	return STEPPED;
}

enum stepped debugger_insn_step(struct debug *d, struct ptask *pt)
{
	struct task *t = &pt->t;
	uint64_t v[2], ticks = pt->count.ticks;

	if (at_event(d, pt))
		return STEP_AT_EVENT;
	const struct trace_regs from = t->regs;
	size_t n = code_entries(code_of(t->mm), ARCH_PC(&from), v);
	bool inserted[2] = {task_find_breakpoint(t, v[0]), n > 1 && task_find_breakpoint(t, v[1])};
	for (size_t i = 0; i < n; i++)
		task_remove_breakpoint(t, v[i]);
	soft_arm(&pt->count, SOFT_FAR);
	ARCH_PC(&t->regs) = v[0];
	enum stepped s = task_set_regs(t) ? STEP_FAILED : step_raw(d, pt);
	for (size_t i = 0; i < n; i++)
		if (inserted[i])
			task_gone_ok(task_insert_breakpoint(t, v[i]));
	debugger_insn_origin(pt);
	if (s == STEP_AT_EVENT) { /* a trampoline may have executed a part of it */
		t->regs = from;
		ptask_set_regs(pt);
	} else if (s == STEPPED) {
		count_insn(d, pt, ticks);
	}
	return s;
}

void debugger_insn_leave_break(struct debug *d, struct ptask *pt)
{
	struct task *t = &pt->t;
	uint64_t v[2], from = ARCH_PC(&t->regs);
	size_t n = code_entries(code_of(t->mm), from, v);
	uint64_t copy = debugger_displace(t, v[0]);
	struct arch_nondet c;
	int status;

	ARCH_PC(&t->regs) = copy ? copy : v[0];
	task_gone_ok(task_set_regs(t));
	if (copy)
		return;
	for (size_t i = 0; i < n; i++)
		task_remove_breakpoint(t, v[i]);
	enum step_result s = step_one(d, pt, &c, &status);
	if (s == STEP_DONE) {
		for (size_t i = 0; i < n; i++)
			task_gone_ok(task_insert_breakpoint(t, v[i]));
		return;
	}
	/* The next event deals with that stop; the breakpoint is out until then. */
	if (s == STEP_STOPPED)
		before_trap(pt, status);
	task_gone_ok(task_set_regs(t));
	t->mm->breakpoints_plan = 0;
}

void debugger_insn_finish(struct debug *d, struct ptask *pt)
{
	if (!code_at_insn(code_of(pt->t.mm), ARCH_PC(&pt->t.regs)))
		step_raw(d, pt);
	debugger_insn_origin(pt);
	ptask_set_regs(pt);
}
