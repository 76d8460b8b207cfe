/* Runs a task to a position that is not at a counted edge: where it was killed or stopped. */
#include "arch/insn.h"
#include "replay/replayer.h"
#include "tracee/breakpoints.h"
#include "tracee/waitstatus.h"

#include <signal.h>
#include <sys/ptrace.h>

/* Its next instruction is a string instruction: *next is the address past that. */
static bool repeats(struct ptask *pt, uint64_t *next)
{
	uint8_t bytes[ARCH_INSN_MAX];
	struct arch_insn in;
	uint64_t at = code_entry(code_of(pt->t.mm), ARCH_PC(&pt->t.regs));
	ssize_t n = task_read(&pt->t, at, bytes, sizeof(bytes));

	arch_insn_decode(bytes, n > 0 ? (size_t)n : 0, at, &in);
	*next = at + in.len;
	return in.repeats;
}

/* Single-stepped, a string instruction stops after each repetition. This executes all of them, or
 * as many as lead to the event's registers, by a breakpoint past the instruction. */
static enum hook_answer over_repeats(struct replayer *p, struct ptask *pt, uint64_t next)
{
	struct task *t = &pt->t;
	const uint64_t pc = ARCH_PC(&t->regs), to = p->ev.regs.r[ARCH_REG_COUNT];
	uint64_t *count = &t->regs.r[ARCH_REG_COUNT];
	bool within = pc == ARCH_PC(&p->ev.regs) && *count > to;
	int status;

	if (within)
		*count -= to;
	if (task_insert_breakpoint(t, next))
		return HOOK_NOT_MINE;
	bool done = !ptask_set_regs(pt);
	while (done) {
		done = !replayer_watchdog_resume(p, pt, PTRACE_SYSEMU, &status);
		if (!done || !wait_event(status))
			break;
	}
	task_remove_breakpoint(t, next);
	if (!done || wait_signal(status) != SIGTRAP ||
	    ARCH_PC(&t->regs) != next + ARCH_BREAKPOINT_PC_ADJUST)
		return HOOK_NOT_MINE;
	ARCH_PC(&t->regs) = within ? pc : code_origin(code_of(t->mm), next);
	if (within)
		*count += to;
	return ptask_set_regs(pt) ? HOOK_NOT_MINE : HOOK_RESUME;
}

static enum hook_answer step(struct replayer *p, struct ptask *pt)
{
	uint64_t next;

	/* A debugger counts the repetitions. */
	return !p->hooks && repeats(pt, &next) ? over_repeats(p, pt, next)
					       : replayer_step_insn(p, pt);
}

enum replayer_result replayer_run_to_regs(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v;

	if (p->by)
		return replayer_run_to_point(p, pt);
	if (pt->count.ticks < p->ev.ticks && (v = replayer_run_to_edge(p, pt)))
		return v;
	for (unsigned n = 1; arch_regs_differ(&p->ev.regs, &pt->t.regs, false) >= 0; n++) {
		if (pt->count.ticks > p->ev.ticks)
			break;
		if (n % STEPS_A_LOOK == 0 && (v = replayer_watchdog_check(p, pt)))
			return v;
		switch (step(p, pt)) {
		case HOOK_STAY: return REPLAYER_PAUSED;
		case HOOK_NOT_MINE: return replayer_diverged(p, pt, "the task was to compute on");
		default: break;
		}
	}
	return replayer_check_position(p, pt, false);
}
