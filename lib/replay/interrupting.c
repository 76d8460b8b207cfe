/* Interrupting counters: they stop a task near a tick, late by their skid; from a tick early
 * enough, a breakpoint finds the position. The step counter does the same by single-stepping, and
 * is the oracle for testing this. */
#include "replay/replayer.h"
#include "tracee/waitstatus.h"
#include "tracee/watchpoints.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>

/* The task has stopped itself: at a call, or by a signal that it raised. */
static bool own_stop(struct ptask *pt, int status)
{
	return wait_is_call(status) || task_raised(&pt->t, wait_signal(status));
}

static bool step_hits(struct replayer *p, struct ptask *pt, const struct interrupt *in, bool moved,
		      uint64_t *late)
{
	if (in->pc)
		return moved && ARCH_PC(&pt->t.regs) == in->pc;
	return pt->count.ticks >= in->ticks && (*late)++ >= p->step_skid;
}

enum step_result replayer_step_counted(struct ptask *pt, struct arch_nondet *c, int *status)
{
	uint64_t edge;
	enum step_result s = step_once(&pt->t, PTRACE_SYSEMU_SINGLESTEP, 0, &edge, c, status);

	if (edge && code_counts(code_of(pt->t.mm), edge))
		pt->count.ticks++;
	return s;
}

static enum replayer_result step_run(struct replayer *p, struct ptask *pt, struct interrupt *in,
				     int *status)
{
	struct arch_nondet c;
	enum replayer_result v;
	uint64_t late = 0;

	pt->site = NULL;
	pt->nondet = -1;
	for (uint64_t n = 0;; n++) {
		if (in && step_hits(p, pt, in, n, &late)) {
			in->hit = true;
			return REPLAYER_OK;
		}
		if (n % STEPS_A_LOOK == STEPS_A_LOOK - 1 && (v = replayer_watchdog_check(p, pt)))
			return v;
		if (n && p->hooks && p->hooks->at_insn(p->hooks, pt))
			return REPLAYER_PAUSED;
		switch (p->hooks ? p->hooks->step(p->hooks, pt, &c, status)
				 : replayer_step_counted(pt, &c, status)) {
		case STEP_DONE: continue;
		case STEP_NONDET: pt->nondet = (int)c.kind; return REPLAYER_OK;
		case STEP_CALL: v = replayer_watchdog_resume(p, pt, PTRACE_SYSEMU, status); break;
		case STEP_GONE:
			return replayer_fail(
				p, "the replay's task has vanished: killed from outside?");
		default: v = replayer_watchdog_stopped(p, pt, *status); break;
		}
		if (v || own_stop(pt, *status))
			return v;
	}
}

const struct interrupter replayer_by_step = {step_run};

/* The hardware counter. A breakpoint triggers before its instruction, unless that is the first one
 * after a resume with the resume flag (Intel SDM vol. 3, 17.3.1.1). On a repeated string
 * instruction it triggers once, not for each repetition, so such an instruction is left by
 * single-stepping. */
static bool repeats(struct ptask *pt)
{
	uint8_t prefix;

	return !task_read_all(&pt->t, ARCH_PC(&pt->t.regs), &prefix, 1) &&
	       (prefix == 0xf2 || prefix == 0xf3);
}

static bool trapped(struct ptask *pt, int status, int code)
{
	siginfo_t si;

	return wait_signal(status) == SIGTRAP && !task_siginfo(&pt->t, &si) && si.si_code == code;
}

static enum replayer_result hpc_resume(struct replayer *p, struct ptask *pt, int request,
				       int *status)
{
	enum replayer_result v = replayer_watchdog_resume(p, pt, request, status);

	if (!v && hpc_read(&pt->hpc, &pt->count.ticks))
		return replayer_fail(p, "the hardware counter cannot be read: %s", strerror(errno));
	pt->count.ticks += pt->hpc_base;
	return v;
}

/* Leaves the breakpoint at which the task is. True: the run is over, *v says how. */
static bool leave_breakpoint(struct replayer *p, struct ptask *pt, struct interrupt *in,
			     int *status, enum replayer_result *v)
{
	if (ARCH_PC(&pt->t.regs) != in->pc)
		return false;
	if (!repeats(pt)) {
		arch_mark_faulted(&pt->t.regs);
		*v = task_set_regs(&pt->t)
			     ? replayer_fail(p, "registers cannot be set: %s", strerror(errno))
			     : REPLAYER_OK;
		return *v;
	}
	/* the watchdog may stop it first, even after the instruction: then its trap is pending */
	do {
		*v = hpc_resume(p, pt, PTRACE_SYSEMU_SINGLESTEP, status);
		if (*v)
			return true;
	} while (wait_event(*status));
	if (trapped(pt, *status, TRAP_TRACE))
		return in->hit = ARCH_PC(&pt->t.regs) == in->pc;
	return own_stop(pt, *status);
}

static enum replayer_result hpc_run_armed(struct replayer *p, struct ptask *pt,
					  struct interrupt *in, int *status)
{
	enum replayer_result v;

	for (;;) {
		v = hpc_resume(p, pt, PTRACE_SYSEMU, status);
		if (v)
			return v;
		if (in && in->pc && ARCH_PC(&pt->t.regs) == in->pc &&
		    trapped(pt, *status, TRAP_HWBKPT)) {
			in->hit = true;
			return v;
		}
		if (own_stop(pt, *status))
			return v;
		if (in && !in->pc && pt->count.ticks >= in->ticks) {
			in->hit = true;
			return v;
		}
	}
}

static enum replayer_result hpc_run(struct replayer *p, struct ptask *pt, struct interrupt *in,
				    int *status)
{
	enum replayer_result v;

	pt->site = NULL;
	pt->nondet = -1;
	if (in && in->pc) {
		if (leave_breakpoint(p, pt, in, status, &v))
			return v;
		if (task_set_hw_breakpoint(&pt->t, in->pc))
			return replayer_diverged(p, pt, "there can be no code at 0x%lx",
						 (unsigned long)in->pc);
	} else if (in && hpc_arm(&pt->hpc, &p->hpc, pt->t.tid, in->ticks - pt->count.ticks)) {
		return replayer_fail(p, "the hardware counter cannot interrupt: %s",
				     strerror(errno));
	}
	v = hpc_run_armed(p, pt, in, status);
	hpc_disarm(&pt->hpc);
	if (in && in->pc)
		task_gone_ok(task_set_hw_breakpoint(&pt->t, 0));
	return v;
}

const struct interrupter replayer_by_hpc = {hpc_run};

enum replayer_result replayer_run_to_point(struct replayer *p, struct ptask *pt)
{
	struct interrupt near = {.ticks =
					 p->ev.ticks > p->skid_max ? p->ev.ticks - p->skid_max : 0};
	struct interrupt there = {.pc = ARCH_PC(&p->ev.regs)};
	enum replayer_result v;
	int status;

	if (pt->count.ticks < near.ticks) {
		if ((v = p->by->run(p, pt, &near, &status)))
			return v;
		if (!near.hit)
			return replayer_unexpected(p, pt, "compute on", status);
	}
	while (pt->count.ticks != p->ev.ticks ||
	       arch_regs_differ(&p->ev.regs, &pt->t.regs, false) >= 0) {
		if (pt->count.ticks > p->ev.ticks)
			return replayer_check_position(p, pt, false);
		there.hit = false;
		if ((v = p->by->run(p, pt, &there, &status)))
			return v;
		if (!there.hit)
			return replayer_unexpected(p, pt, "compute on", status);
	}
	return REPLAYER_OK;
}
