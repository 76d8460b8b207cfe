#include "record/crash.h"

#include "record/recorder.h"
#include "tracee/keep.h"
#include "util/util.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};

static struct {
	struct recorder *of;
} crash;

/* A tenth of a millisecond each. One that waits for its vfork's child cannot be stopped. */
#define TRIES 10000

/* Only in a stop can it be let go; one that runs, or waits in the kernel, is brought to one. */
static bool stop(struct task *t)
{
	int status;

	if (!task_get_regs(t))
		return true;
	ptrace(PTRACE_INTERRUPT, t->tid, NULL, NULL);
	for (int i = 0; i < TRIES; i++) {
		if (waitpid(t->tid, &status, __WALL | WNOHANG) == t->tid)
			return WIFSTOPPED(status);
		usleep(100);
	}
	return false;
}

static void keep(struct recorder *r)
{
	size_t n = 0;

	for (struct rtask *rt = r->tasks; rt; rt = rt->next)
		n++;
	struct kept_task *v = xcalloc(n + 1, sizeof *v);
	n = 0;
	for (struct rtask *rt = r->tasks; rt; rt = rt->next)
		if (rt->state != RS_GONE && stop(&rt->t))
			v[n++] = (struct kept_task){rt->t.tid, rt->tgid, "recorded"};
	fprintf(stderr, "  gdb -p %d\t# the recorder, which has failed\n", getpid());
	keep_tasks(v, n);
	free(v);
}

/* Tasks belong to the first thread: it is to do this, whichever has failed. */
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
	keep(crash.of);
	raise(sig);
}

void crash_keeps(struct recorder *r)
{
	struct sigaction sa = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};

	crash.of = r;
	for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
		sigaction(crashes[i], &sa, NULL);
}
