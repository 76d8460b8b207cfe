/* Runs a task's own code to where its next event is. */
#include "replay/replayer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Seconds of processor time, and how many times longer than when it was recorded. */
#define PATIENCE 60
#define SLOWER_MAX 100

/* The task whose code runs; the alarm stops it, so that somebody looks at the clock. */
static volatile pid_t running;

static void on_alarm(int sig)
{
	int saved = errno;

	(void)sig;
	if (running)
		ptrace(PTRACE_INTERRUPT, running, NULL, NULL);
	errno = saved;
}

void watch_start(struct replayer *p)
{
	const char *text = getenv("RR_PATIENCE");
	char *end;
	double seconds = text ? strtod(text, &end) : -1;
	struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};

	if (!text || end == text || *end || !(seconds >= 0 && seconds < 1e9))
		seconds = PATIENCE;
	p->watch.patience_ns = (uint64_t)(seconds * 1e9);
	uint64_t tick = p->watch.patience_ns / 4 + 10000000;
	if (tick > 1000000000)
		tick = 1000000000;
	struct timeval every = {(time_t)(tick / 1000000000), (suseconds_t)(tick % 1000000000 / 1000)};
	sigaction(SIGALRM, &sa, &p->watch.old);
	setitimer(ITIMER_REAL, &(struct itimerval){every, every}, NULL);
}

void watch_stop(struct replayer *p)
{
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	sigaction(SIGALRM, &p->watch.old, NULL);
}

/* A task whose registers are not the recording's may never come to its next event. It gets a hundred times the time that
 * the recording took from its event before to this one, and some patience; its own processor time counts, so that a
 * busy machine does not matter. */
static bool overdue(struct replayer *p, struct ptask *pt)
{
	struct watch *w = &p->watch;
	struct timespec ts;
	uint64_t gap = p->ev.time_ns > pt->since ? p->ev.time_ns - pt->since : 0;

	/* The clock of a process: ~pid << 3 | CPUCLOCK_SCHED (linux/posix-timers.h). */
	if (syscall(SYS_clock_gettime, (clockid_t)(~(unsigned)pt->t.tid << 3 | 2), &ts))
		return false;
	uint64_t now = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
	if (w->event != p->ev.num) { /* the first look */
		w->event = p->ev.num;
		w->begun = now;
	}
	uint64_t used = now - w->begun;
	return used > w->patience_ns && (used - w->patience_ns) / SLOWER_MAX > gap;
}

static enum replay_verdict run(struct replayer *p, struct ptask *pt, int *status)
{
	for (;;) {
		running = pt->t.tid;
		int e = task_resume(&pt->t, PTRACE_SYSEMU, 0) || task_wait(&pt->t, status);
		running = 0;
		if (e)
			return trouble(p, "the replay's task has vanished: killed from outside?");
		if (!WIFSTOPPED(*status))
			return trouble(p, "the replay's task was killed from outside (signal %d)", WTERMSIG(*status));
		if (!(*status >> 16)) {
			if (task_get_regs(&pt->t))
				return trouble(p, "the replay's task has vanished: killed from outside?");
			if (WSTOPSIG(*status) & 0x80 || task_raised(&pt->t, WSTOPSIG(*status)))
				return REPLAY_EXACT;
		} else if (overdue(p, pt)) {
			task_get_regs(&pt->t);
			return diverged(p, pt, "the task does not come to its next event");
		}
	}
}

static const char *signal_name(int sig)
{
	const char *name = sigabbrev_np(sig);

	return name ? name : sig >= SIGRTMIN && sig <= SIGRTMAX ? "RT" : "?";
}

enum replay_verdict run_to_call(struct replayer *p, struct ptask *pt)
{
	int status;
	enum replay_verdict v = run(p, pt, &status);

	if (v)
		return v;
	if (!(WSTOPSIG(status) & 0x80))
		return diverged(p, pt, "the task was to make a call, but raised SIG%s", signal_name(WSTOPSIG(status)));
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
		return diverged(p, pt, "the task was to raise SIG%s, but called %s", signal_name(sig),
				d ? d->name : "an unknown system call");
	}
	if (WSTOPSIG(status) != sig)
		return diverged(p, pt, "the task was to raise SIG%s, but raised SIG%s", signal_name(sig),
				signal_name(WSTOPSIG(status)));
	return check_regs(p, pt, false);
}
