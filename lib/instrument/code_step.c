/* Steps over one instruction of the original, which may be several in a trampoline. */
#include "instrument/image.h"

static enum step_result step_to_insn(struct task *t, const struct soft *soft,
				     struct soft_task *count, int request, int sig, int *status)
{
	enum step_result s = STEP_DONE;
	struct arch_nondet c;
	uint64_t edge;

	for (int i = 0; i < CODE_BETWEEN_MAX && s == STEP_DONE; i++) {
		soft_enter(soft, count);
		s = step_once(t, request, i ? 0 : sig, &edge, &c, status);
		/* If it was not rewritten, it gets the result of this CPU. */
		if (s == STEP_NONDET && !arch_nondet_is_clock(c.kind))
			s = step_over(t, request, i ? 0 : sig, status);
		soft_leave(soft, count);
		if (s == STEP_DONE && code_at_insn(code_of(t->mm), ARCH_PC(&t->regs)))
			break;
	}
	return s;
}

enum step_result code_step(struct task *t, const struct soft *soft, struct soft_task *count,
			   int request, int sig, int *status)
{
	ARCH_PC(&t->regs) = code_entry(code_of(t->mm), ARCH_PC(&t->regs));
	if (task_set_regs(t))
		return STEP_GONE;
	enum step_result s = step_to_insn(t, soft, count, request, sig, status);
	if (s == STEP_DONE)
		ARCH_PC(&t->regs) = code_origin(code_of(t->mm), ARCH_PC(&t->regs));
	return s;
}

void code_finish(struct task *t, const struct soft *soft, struct soft_task *count, int request)
{
	int status;

	if (!code_at_insn(code_of(t->mm), ARCH_PC(&t->regs)))
		step_to_insn(t, soft, count, request, 0, &status);
}

void code_arm_next(struct task *t, struct soft_task *count)
{
	const struct code_places *code = code_of(t->mm);
	struct trace_regs g = t->regs;
	struct soft_task settled = *count;

	if (!count->page.left)
		return; /* it is on its way to the stop */
	/* What a trampoline in the middle of counting is about to store was made from the old
	 * countdown. */
	if (!code_at_insn(code, ARCH_PC(&g)) && code_settle(code, &g, &settled, task_read_ctx, t)) {
		if (!settled.page.left)
			return;
		*count = settled;
		t->regs = g;
		ARCH_PC(&t->regs) = code_entry(code, ARCH_PC(&g));
		task_gone_ok(task_set_regs(t));
	}
	soft_arm(count, 1);
}
