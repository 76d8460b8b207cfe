/* The watchdog: finds a task that never comes to its next event. */
#include "replay/replayer.h"
#include "tracee/waitstatus.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Seconds of CPU time, and how many times slower than the recording. */
#define PATIENCE 60
#define SLOWER_MAX 100

/* For the signal handler, which stops the task that runs so that its time is checked. */
static struct alarm_target {
	volatile pid_t running; /* 0: none */
} alarm_target;

static void on_alarm(int sig)
{
	int saved = errno;

	(void)sig;
	if (alarm_target.running)
		ptrace(PTRACE_INTERRUPT, alarm_target.running, NULL, NULL);
	errno = saved;
}

void replayer_watchdog_set_period(uint64_t ns)
{
	struct timeval every = {(time_t)(ns / 1000000000), (suseconds_t)(ns % 1000000000 / 1000)};

	setitimer(ITIMER_REAL, &(struct itimerval){every, every}, NULL);
}

void replayer_watchdog_start(struct replayer *p)
{
	const char *text = getenv("RR_PATIENCE");
	char *end;
	double seconds = text ? strtod(text, &end) : -1;
	struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};

	if (!text || end == text || *end || !(seconds >= 0 && seconds < 1e9))
		seconds = PATIENCE;
	p->watchdog.patience_ns = (uint64_t)(seconds * 1e9);
	uint64_t tick = p->watchdog.patience_ns / 4 + 10000000;
	if (tick > 1000000000)
		tick = 1000000000;
	sigaction(SIGALRM, &sa, &p->watchdog.old);
	replayer_watchdog_set_period(tick);
}

void replayer_watchdog_stop(struct replayer *p)
{
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	sigaction(SIGALRM, &p->watchdog.old, NULL);
}

/* A task whose registers differ from the recording's may never come to its next event. It gets a
 * hundred times what the recording took from its previous event to this one, and some patience.
 * What counts is its own CPU time, so that a busy machine does not matter. */
static bool overdue(struct replayer *p, struct ptask *pt)
{
	struct watchdog *w = &p->watchdog;
	struct timespec ts;
	uint64_t gap = p->ev.time_ns > pt->since ? p->ev.time_ns - pt->since : 0;

	/* A process's CPU clock: ~pid << 3 | CPUCLOCK_SCHED (linux/posix-timers.h). */
	if (syscall(SYS_clock_gettime, (clockid_t)(~(unsigned)pt->t.tid << 3 | 2), &ts))
		return false;
	uint64_t now = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
	if (w->event != p->ev.num) { /* the first check */
		w->event = p->ev.num;
		w->begun = now;
	}
	uint64_t used = now - w->begun;
	return used > w->patience_ns && (used - w->patience_ns) / SLOWER_MAX > gap;
}

static enum replayer_result vanished(struct replayer *p)
{
	return replayer_fail(p, "the replay's task has vanished: killed from outside?");
}

enum replayer_result replayer_watchdog_check(struct replayer *p, struct ptask *pt)
{
	return overdue(p, pt) ? replayer_diverged(p, pt, "the task does not come to its next event")
			      : REPLAYER_OK;
}

enum replayer_result replayer_watchdog_stopped(struct replayer *p, struct ptask *pt, int status)
{
	if (!wait_is_stop(status))
		return replayer_fail(p, "the replay's task was killed from outside (signal %d)",
				     wait_decode(status).signal);
	if (task_get_regs(&pt->t))
		return vanished(p);
	return wait_event(status) ? replayer_watchdog_check(p, pt) : REPLAYER_OK;
}

enum replayer_result replayer_watchdog_resume(struct replayer *p, struct ptask *pt, int request,
					      int *status)
{
	alarm_target.running = pt->t.tid;
	int e = task_resume(&pt->t, request, 0) || task_wait(&pt->t, status);
	alarm_target.running = 0;
	return e ? vanished(p) : replayer_watchdog_stopped(p, pt, *status);
}
