/* Watchpoints of the CPU. */
#include "tracee/watchpoints.h"

#include "tracee/waitstatus.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <unistd.h>

int task_set_watchpoints(struct task *t, const struct arch_watchpoints *w)
{
	return arch_set_watchpoints(t->tid, w);
}

static _Noreturn void touch(volatile int *what)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	*what = 1;
	_exit(0);
}

bool task_watchpoints_work(void)
{
	static enum { NOT_TRIED, NO, YES } answer;
	static _Alignas(4) volatile int touched;
	const struct arch_watchpoints w = {
		{{(uint64_t)&touched, sizeof(touched), ARCH_WATCH_WRITE}}};
	struct task t = {.tid = -1};
	int status;

	if (answer != NOT_TRIED)
		return answer == YES;
	t.tid = fork();
	if (!t.tid)
		touch(&touched);
	answer = YES; /* or it will be found out */
	if (t.tid < 0 || task_wait(&t, &status) || !wait_is_stop(status))
		return true;
	if (task_set_watchpoints(&t, &w) || task_resume(&t, PTRACE_CONT, 0) ||
	    task_wait(&t, &status) || !wait_is_stop(status))
		answer = NO;
	if (wait_is_stop(status)) {
		kill(t.tid, SIGKILL);
		task_gone_ok(task_wait(&t, &status));
	}
	return answer == YES;
}

int task_set_hw_breakpoint(struct task *t, uint64_t pc)
{
	return task_set_watchpoints(
		t, &(struct arch_watchpoints){{{pc, pc ? 1 : 0, ARCH_WATCH_EXEC}}});
}

unsigned task_triggered_watchpoints(struct task *t)
{
	return arch_triggered_watches(t->tid);
}

bool task_is_watchpoint_trap(const siginfo_t *info)
{
	return info->si_signo == SIGTRAP && info->si_code == TRAP_HWBKPT;
}
