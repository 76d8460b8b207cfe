#include "record/crash.h"

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
#include <unistd.h>

static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};

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
static void on_crash(int sig)
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

void crash_keep_tasks(struct recorder *r)
{
	struct sigaction sa = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};

	crashing = r;
	for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
		sigaction(crashes[i], &sa, NULL);
}
