#include "record/control.h"

#include "record/recorder.h"
#include "util/clock.h"
#include "util/size.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <unistd.h>

static const int taken[] = {SIGTERM, SIGHUP,  SIGINT,  SIGQUIT, SIGTSTP,
			    SIGTTIN, SIGTTOU, SIGPIPE, SIGXFSZ};

/* One per process: a signal handler has no other argument. */
static struct {
	volatile sig_atomic_t terms, seen, signal;
	uint64_t last_ns; /* when the last one came; the handler's own */
} control;

/* Signals closer together than this are one request. */
#define SAME_NS 250000000u

static void on_alarm(int sig)
{
	(void)sig;
}

void control_tick(void)
{
	const struct itimerval tick = {{0, 100000}, {0, 1000}};

	setitimer(ITIMER_REAL, &tick, NULL);
}

/* The signal may come just before a wait that nothing else would end: from now on a timer ends
 * waits.
 */
static void on_term(int sig)
{
	/* timeout(1) signals its child, then the child's process group: that is one request, not
	 * two. */
	uint64_t now = clock_now_ns();
	if (control.terms && now - control.last_ns < SAME_NS)
		return;
	control.last_ns = now;
	control.signal = sig;
	control.terms++;
	control_tick();
}

void control_start(void)
{
	struct sigaction tick = {.sa_handler = on_alarm};

	sigaction(SIGALRM, &tick, NULL);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		struct sigaction sa = {0}, old;
		sa.sa_handler = taken[i] == SIGTERM || taken[i] == SIGHUP ? on_term : SIG_IGN;
		sigaction(taken[i], &sa, &old);
		if (old.sa_handler == SIG_IGN && taken[i] == SIGHUP)
			sigaction(taken[i], &old, NULL);
	}
}

void control_check(struct recorder *r)
{
	struct rtask *rt;

	while (control.seen < control.terms) {
		if (++control.seen == 1 && !r->root_done && r->root) {
			kill(r->root->tgid, control.signal);
			continue;
		}
		/* Once a process: a second SIGKILL may wake its first thread from the stop on its
		 * way out, unseen by us. */
		TAILQ_FOREACH(rt, &r->tasks, link)
			if (rt->t.tid == rt->tgid && (rt->state != RTASK_GONE || !rt->reaped))
				kill(rt->tgid, SIGKILL);
	}
}

void control_stop(struct recorder *r, int sig)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, ignored;

	if (!r->root)
		return;
	trace_flush(r->rec.w);
	/* The shell that started rr-record sees the same stop. */
	if (sig != SIGSTOP)
		sigaction(sig, &stop, &ignored);
	raise(sig);
	if (sig != SIGSTOP)
		sigaction(sig, &ignored, NULL);
	/* Continued: the shell has sent SIGCONT to the whole process group, or only to us. */
	kill(r->root->tgid, SIGCONT);
}
