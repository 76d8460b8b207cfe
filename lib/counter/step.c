#include "counter/step.h"

#include "arch/insn.h"
#include "tracee/procfs.h"
#include "tracee/waitstatus.h"
#include "tracee/watchpoints.h"

#include <signal.h>
#include <sys/ptrace.h>

static void decode(struct task *t, struct arch_insn *in)
{
	uint8_t bytes[ARCH_INSN_MAX];
	uint64_t pc = ARCH_PC(&t->regs);
	ssize_t n = task_read(t, pc, bytes, sizeof(bytes));

	arch_insn_decode(bytes, n > 0 ? (size_t)n : 0, pc, in);
}

static bool is_trap(struct task *t, int status)
{
	siginfo_t si;

	return wait_signal(status) == SIGTRAP && !task_siginfo(t, &si) && si.si_code == TRAP_TRACE;
}

/* The kernel may report an event first, with the trap of the stepped instruction still pending. */
static void note_late_trap(struct task *t, int status)
{
	t->trap_due = wait_event(status) && proc_status_mask(t->tid, "SigPnd") >> (SIGTRAP - 1) & 1;
}

enum step_result step_over(struct task *t, int request, int sig, int *status)
{
	if (task_resume(t, request, sig) || task_wait(t, status))
		return STEP_GONE;
	note_late_trap(t, *status);
	if (t->debugged && wait_is_stop(*status))
		t->triggered |= task_triggered_watchpoints(t);
	if (!wait_is_stop(*status) || task_get_regs(t))
		return STEP_STOPPED;
	return is_trap(t, *status) ? STEP_DONE : STEP_STOPPED;
}

/* The kernel restarts the call before the task runs on: signal(7). */
static bool is_interrupted_call(const struct trace_regs *g)
{
	return arch_is_restart((int64_t)ARCH_RESULT(g)) && (int64_t)ARCH_SYSNO(g) >= 0;
}

enum step_result step_once(struct task *t, int request, int sig, uint64_t *edge,
			   struct arch_nondet *c, int *status)
{
	struct arch_insn in;

	*edge = 0;
	if (t->trap_due)
		return step_over(t, request, sig, status);
	decode(t, &in);
	if ((in.syscall && !sig) || is_interrupted_call(&t->regs))
		return STEP_CALL;
	if (in.is_nondet && !sig && !task_clock_faults(t, &in.nondet)) {
		*c = in.nondet;
		return STEP_NONDET;
	}
	if (in.loads_flags && !sig && arch_load_flags(&t->regs, &in, task_read_ctx, t) &&
	    !task_set_regs(t))
		return STEP_DONE;
	struct trace_regs before = t->regs;
	enum step_result s = step_over(t, request, sig, status);
	if (s == STEP_GONE)
		return s;
	bool done = s == STEP_DONE, stopped = wait_is_stop(*status);
	bool moved = ARCH_PC(&t->regs) != ARCH_PC(&before);
	if (done || (t->trap_due && (moved || in.target == ARCH_PC(&before))))
		*edge = (in.counts ? in.always || ARCH_PC(&t->regs) == in.target : moved)
				? ARCH_PC(&before)
				: 0;
	if (stopped && in.saves_flags && moved)
		arch_saved_flags_unstep(&t->regs, &before, task_read_ctx, task_write_ctx, t);
	return s;
}
