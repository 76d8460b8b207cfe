#include "record/control.h"

#include "record/recorder.h"
#include "util/clock.h"
#include "util/size.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* Those of the terminal, which reach the program without us, and those of our own writes. */
static const int ignored[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGXFSZ};
/* Those that are passed on to the program, besides real-time signals. */
static const int passed_on[] = {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2,  SIGVTALRM,
				SIGPROF, SIGIO,  SIGPWR,  SIGSTKFLT};

#define CAME_MAX 32

/* Of the timer: short enough to see the end of a time slice, and what is overdue. */
#define PERIOD_MIN_US 1000
#define PERIOD_MAX_US 100000

/* One per process: a signal handler has no other argument. */
static struct {
	volatile sig_atomic_t ncame,
		nseen; /* came[] has those from nseen to ncame, modulo its size */
	siginfo_t came[CAME_MAX];
	uint64_t came_ns[CAME_MAX];
	long period_us;   /* of the timer that ends waits */
	unsigned terms;   /* requests to end */
	uint64_t last_ns; /* when the last of them came */
} control;

/* Signals closer together than this are one request. */
#define SAME_NS 250000000u

void control_tick(void)
{
	const struct itimerval tick = {{0, control.period_us}, {0, 1000}};

	setitimer(ITIMER_REAL, &tick, NULL);
}

/* The signal may come just before a wait that nothing else would end: from now on a timer ends
 * waits. */
void control_take(const siginfo_t *si)
{
	if (control.ncame - control.nseen == CAME_MAX)
		return;
	control.came[control.ncame % CAME_MAX] = *si;
	control.came_ns[control.ncame % CAME_MAX] = clock_now_ns();
	control.ncame++;
	control_tick();
}

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig, (void)context;
	control_take(si);
}

static void on_alarm(int sig, siginfo_t *si, void *context)
{
	(void)sig, (void)context;
	if (si->si_code <= 0) /* not of the timer */
		control_take(si);
}

static void pass_on(int sig)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO}, old;

	sigfillset(&sa.sa_mask);
	sigaction(sig, &sa, &old);
	if (old.sa_handler == SIG_IGN && sig == SIGHUP)
		sigaction(sig, &old, NULL);
}

void control_start(uint64_t slice_ns)
{
	const uint64_t us = slice_ns / 2000;

	control.period_us = us < PERIOD_MIN_US   ? PERIOD_MIN_US
			    : us > PERIOD_MAX_US ? PERIOD_MAX_US
						 : (long)us;
	struct sigaction sa = {.sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO};

	sigfillset(&sa.sa_mask);
	sigaction(SIGALRM, &sa, NULL);
	sa = (struct sigaction){.sa_handler = SIG_IGN};
	for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
		sigaction(ignored[i], &sa, NULL);
	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++)
		pass_on(passed_on[i]);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		pass_on(sig);
}

/* Whether a recorded process has sent it: to its process group, of which the program's own
 * processes have got it already, or to rr-record by a pidfd. */
static bool is_from_program(struct recorder *r, const siginfo_t *si)
{
	struct rtask *rt;

	if (si->si_code != SI_USER && si->si_code != SI_QUEUE && si->si_code != SI_TKILL)
		return false;
	TAILQ_FOREACH(rt, &r->tasks, link)
		if (rt->tgid == si->si_pid)
			return true;
	return false;
}

static void send_to_program(struct recorder *r, siginfo_t *si)
{
	if (!r->root || r->root_done)
		return;
	if (si->si_code == SI_QUEUE)
		syscall(SYS_rt_sigqueueinfo, r->root->tgid, si->si_signo, si);
	else
		kill(r->root->tgid, si->si_signo);
}

/* timeout(1) signals its child, then the child's process group: that is one request, not two. */
static bool is_repeated(uint64_t ns)
{
	bool repeated = control.terms && ns - control.last_ns < SAME_NS;

	if (!repeated) {
		control.last_ns = ns;
		control.terms++;
	}
	return repeated;
}

void control_check(struct recorder *r)
{
	for (; control.nseen != control.ncame; control.nseen++) {
		siginfo_t *si = &control.came[control.nseen % CAME_MAX];
		bool ends = si->si_signo == SIGTERM || si->si_signo == SIGHUP;

		if (is_from_program(r, si) ||
		    (ends && is_repeated(control.came_ns[control.nseen % CAME_MAX])))
			continue;
		if (ends && (control.terms > 1 || r->root_done)) {
			recorder_kill_left(r);
			control_tick(); /* for recorder_gives_up() */
		} else {
			send_to_program(r, si);
		}
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
