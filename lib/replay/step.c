/* Runs a task's own code to where its next event is. */
#include "replay/replayer.h"

#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static enum replay_verdict run(struct replayer *p, struct ptask *pt, int *status)
{
	for (;;) {
		if (task_resume(&pt->t, PTRACE_SYSEMU, 0) || task_wait(&pt->t, status))
			return trouble(p, "the replay's task has vanished: killed from outside?");
		if (!WIFSTOPPED(*status))
			return trouble(p, "the replay's task was killed from outside (signal %d)", WTERMSIG(*status));
		if (*status >> 16) /* a stop of ptrace's own */
			continue;
		if (task_get_regs(&pt->t))
			return trouble(p, "the replay's task has vanished: killed from outside?");
		if (WSTOPSIG(*status) & 0x80)
			return REPLAY_EXACT;
		siginfo_t si;
		/* Signals from outside are not the program's. */
		if (!task_siginfo(&pt->t, &si) && (si.si_code <= 0 || WSTOPSIG(*status) == SIGCHLD))
			continue;
		return REPLAY_EXACT;
	}
}

enum replay_verdict run_to_call(struct replayer *p, struct ptask *pt)
{
	int status;
	enum replay_verdict v = run(p, pt, &status);

	if (v)
		return v;
	if (!(WSTOPSIG(status) & 0x80))
		return diverged(p, pt, "the task was to make a call, but raised SIG%s", sigabbrev_np(WSTOPSIG(status)));
	pt->in_call = true;
	return check_regs(p, pt, true);
}

enum replay_verdict run_to_signal(struct replayer *p, struct ptask *pt, int sig)
{
	int status;
	enum replay_verdict v = run(p, pt, &status);

	if (v)
		return v;
	if (WSTOPSIG(status) & 0x80) {
		const struct sys_desc *d = systab_get(ARCH_SYSNO(&pt->t.regs));
		return diverged(p, pt, "the task was to raise SIG%s, but called %s", sigabbrev_np(sig),
				d ? d->name : "an unknown system call");
	}
	if (WSTOPSIG(status) != sig)
		return diverged(p, pt, "the task was to raise SIG%s, but raised SIG%s", sigabbrev_np(sig),
				sigabbrev_np(WSTOPSIG(status)));
	return check_regs(p, pt, false);
}
