#include "tracee/injected_calls.h"

#include "tracee/waitstatus.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

static void set_call(struct trace_regs *g, uint64_t pc, long nr, const uint64_t args[6])
{
	for (int i = 0; i < 6; i++)
		arch_set_arg(g, i, args[i]);
	ARCH_RESULT(g) = (uint64_t)nr;
	ARCH_SYSNO(g) = (uint64_t)-1;
	ARCH_PC(g) = pc;
	arch_call_mode(g);
}

/* Resumes to the next syscall-stop. Signals on the way become pending. The filter of recorded tasks
 * stops a call once more past its entry, unless it is the agent's. */
static int to_call_stop(struct task *t)
{
	int status;

	for (;;) {
		if (task_resume(t, PTRACE_SYSCALL, 0) || task_wait(t, &status) ||
		    !wait_is_stop(status) || wait_event(status) == PTRACE_EVENT_EXIT)
			return -1;
		if (wait_is_call(status))
			return 0;
		siginfo_t info;
		if (wait_signal(status) && !task_siginfo(t, &info))
			task_add_pending(t, &info);
	}
}

static int64_t call_from(struct task *t, uint64_t pc, long nr, const uint64_t args[6])
{
	struct trace_regs saved;
	int64_t result = -ESRCH;

	if (task_get_regs(t))
		return -ESRCH;
	saved = t->regs;
	if (t->skips && to_call_stop(t))
		return -ESRCH;
	set_call(&t->regs, pc, nr, args);
	if (!task_set_regs(t) && !to_call_stop(t) && !to_call_stop(t) && !task_get_regs(t))
		result = (int64_t)ARCH_RESULT(&t->regs);
	t->regs = saved;
	ARCH_SYSNO(&t->regs) = (uint64_t)-1;
	if (task_set_regs(t))
		return -ESRCH;
	t->regs = saved;
	return result;
}

int64_t task_call(struct task *t, long nr, const uint64_t args[6])
{
	return call_from(t, AGENT_ADDR, nr, args);
}

int task_map_agent(struct task *t)
{
	uint8_t code[ARCH_SYSCALL_LEN];

	if (task_get_regs(t))
		return -1;
	/* Replaces the bytes at the entry point by a call instruction, for one call. */
	uint64_t pc = ARCH_PC(&t->regs);
	if (task_read_all(t, pc, code, sizeof(code)) ||
	    task_write(t, pc, arch_syscall_insn, sizeof(code)))
		return -1;
	int64_t at = call_from(
		t, pc, SYS_mmap,
		(const uint64_t[6]){AGENT_ADDR, AGENT_END - AGENT_ADDR, PROT_READ | PROT_EXEC,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, (uint64_t)-1,
				    0});
	if (task_write(t, pc, code, sizeof(code)))
		return -1;
	if (at != (int64_t)AGENT_ADDR) {
		errno = at < 0 ? (int)-at : EEXIST;
		return -1;
	}
	return task_write(t, AGENT_ADDR, arch_syscall_insn, ARCH_SYSCALL_LEN) ||
			       task_write(t, AGENT_CALL_END, arch_breakpoint,
					  ARCH_BREAKPOINT_LEN) ||
			       task_write(t, AGENT_CLOCK, arch_clock_insn, ARCH_CLOCK_LEN)
		       ? -1
		       : 0;
}

int task_finish_exec(struct task *t)
{
	int status;

	do { /* signals from outside are dropped */
		if (task_resume(t, PTRACE_SYSCALL, 0) || task_wait(t, &status) ||
		    !wait_is_stop(status))
			return -1;
	} while (!wait_is_call(status));
	return 0;
}

int64_t task_call_replay(struct task *t, long nr, const uint64_t args[6], pid_t *child)
{
	struct trace_regs saved = t->regs;
	int64_t result = -ESRCH;
	int status;

	set_call(&t->regs, AGENT_ADDR, nr, args);
	if (task_set_regs(t))
		return -ESRCH;
	t->away = true;
	for (;;) {
		if (task_resume(t, PTRACE_CONT, 0) || task_wait(t, &status) ||
		    !wait_is_stop(status))
			return -ESRCH;
		int event = wait_event(status);
		if (child && (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK ||
			      event == PTRACE_EVENT_VFORK))
			*child = (pid_t)task_event_msg(t);
		/* a new program: the old registers are void */
		if (event == PTRACE_EVENT_EXEC)
			return task_finish_exec(t) ? -ESRCH : 0;
		if (event)
			continue;
		if (task_get_regs(t))
			return -ESRCH;
		if (ARCH_PC(&t->regs) == AGENT_CALL_END + ARCH_BREAKPOINT_PC_ADJUST) {
			result = (int64_t)ARCH_RESULT(&t->regs);
			break;
		}
		if (task_raised(t, wait_signal(status)))
			break;
	}
	t->regs = saved;
	return result;
}
