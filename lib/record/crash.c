#include "record/crash.h"

#include "record/control.h"
#include "record/recorder.h"
#include "tracee/hold.h"
#include "util/clock.h"
#include "util/size.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};

/* One per process: a signal handler has no other argument. */
static struct recorder *crashing;

/* A task that waits for the child of its vfork cannot be stopped. */
#define PATIENCE_NS 2000000000u

/* A task can be detached only in a ptrace-stop: brings it to one, if it runs or is blocked. */
static bool stop(struct task *t, uint64_t until)
{
	int status;

	if (!task_get_regs(t))
		return true;
	ptrace(PTRACE_INTERRUPT, t->tid, NULL, NULL);
	do {
		if (waitpid(t->tid, &status, __WALL | WNOHANG) == t->tid)
			return wait_is_stop(status);
		usleep(100);
	} while (clock_now_ns() < until);
	return false;
}

static void keep(struct recorder *r)
{
	static struct held_task v[HOLD_MAX]; /* the heap may be what has failed */
	const uint64_t until = clock_now_ns() + PATIENCE_NS;
	struct rtask *rt;
	size_t n = 0;

	TAILQ_FOREACH(rt, &r->tasks, link)
		if (n < HOLD_MAX && rt->state != RTASK_GONE && stop(&rt->t, until))
			v[n++] = (struct held_task){rt->t.tid, rt->tgid, "recorded"};
	dprintf(STDERR_FILENO, "  gdb -p %d\t# the recorder, which has failed\n", getpid());
	hold_tasks(v, n);
}

/* Tasks are traced by the first thread: it does this, whichever thread has failed. */
static void keep_tasks(int sig)
{
	pid_t self = getpid();

	if (self != gettid()) {
		syscall(SYS_tgkill, self, self, sig);
		for (;;)
			pause();
	}
	for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
		signal(crashes[i], SIG_DFL);
	keep(crashing);
	raise(sig);
}

static void on_crash(int sig, siginfo_t *si, void *context)
{
	const ucontext_t *c = context;

	if (si->si_code <= 0 && si->si_pid != getpid()) {
		control_take(si);
	} else if (crashing->o->keep) {
		sigprocmask(SIG_SETMASK, &c->uc_sigmask, NULL);
		keep_tasks(sig);
	} else {
		signal(sig, SIG_DFL);
		if (si->si_code <= 0) /* else the instruction raises it once more */
			raise(sig);
	}
}

void crash_start(struct recorder *r)
{
	struct sigaction sa = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO};

	sigfillset(&sa.sa_mask);
	crashing = r;
	for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
		sigaction(crashes[i], &sa, NULL);
}
