/* Tests whether this CPU's counter is what a replay needs: that it counts the same code equally
 * every time, and interrupts when it should. A child process runs loops under ptrace, as recorded
 * programs do. */
#include "counter/hpc.h"
#include "counter/hpc_loops.h"
#include "tracee/waitstatus.h"
#include "util/file_io.h"
#include "util/size.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 5
#define LOOPS 3000
#define LOOPS_LONG 9000

static char why[160];

struct child {
	pid_t pid;
	struct hpc hpc;
	const struct hpc_kind *kind;
};

static bool stopped_by(const struct child *c, int sig)
{
	int status;
	pid_t w;

	do {
		w = waitpid(c->pid, &status, 0);
	} while (w < 0 && errno == EINTR);
	return w == c->pid && wait_signal(status) == sig;
}

static bool child_start(struct child *c)
{
	c->pid = fork();
	if (c->pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(1);
		hpc_loops_run();
		_exit(0);
	}
	return c->pid > 0 && stopped_by(c, SIGTRAP) &&
	       !ptrace(PTRACE_SETOPTIONS, c->pid, NULL, (void *)PTRACE_O_EXITKILL);
}

static void child_end(struct child *c)
{
	hpc_close(&c->hpc);
	if (c->pid <= 0)
		return;
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static bool loops_start(const struct child *c, uint64_t loops, bool locked)
{
	return !hpc_loops_set(c->pid, loops, locked) && !ptrace(PTRACE_CONT, c->pid, NULL, NULL);
}

/* The ticks of `loops` loops, or -1. */
static int64_t ticks_of(const struct child *c, uint64_t loops, bool locked)
{
	uint64_t from, to;

	if (hpc_read(&c->hpc, &from) || !loops_start(c, loops, locked) || !stopped_by(c, SIGTRAP) ||
	    hpc_read(&c->hpc, &to))
		return -1;
	return (int64_t)(to - from);
}

static const char *count_test(const struct child *c, bool locked)
{
	const char *what = locked ? "code with lock prefixes" : "the same code";
	int64_t first = ticks_of(c, LOOPS, locked), again;

	if (first < 0)
		return "it cannot be read; perhaps another user has all counters of this CPU";
	for (int i = 1; i < ROUNDS; i++) {
		again = ticks_of(c, LOOPS, locked);
		if (again != first) {
			snprintf(why, sizeof(why), "it counts %ld branches and then %ld for %s",
				 (long)first, (long)again, what);
			return why;
		}
	}
	again = ticks_of(c, LOOPS_LONG, locked);
	if (again - first != LOOPS_LONG - LOOPS) {
		snprintf(why, sizeof(why), "it counts %ld branches instead of %d",
			 (long)(again - first), LOOPS_LONG - LOOPS);
		return why;
	}
	return NULL;
}

static const char *period_test(struct child *c, uint64_t n)
{
	uint64_t from, to = 0;
	siginfo_t si;

	if (hpc_read(&c->hpc, &from) || hpc_arm(&c->hpc, c->kind, c->pid, n)) {
		snprintf(why, sizeof(why), "it cannot interrupt: %s", strerror(errno));
		return why;
	}
	if (!loops_start(c, n + c->kind->skid + LOOPS, false))
		return "a child process cannot be traced";
	bool came = stopped_by(c, HPC_SIGNAL);
	hpc_disarm(&c->hpc);
	if (!came)
		return "its interrupts do not come";
	if (ptrace(PTRACE_GETSIGINFO, c->pid, NULL, &si) || !hpc_interrupts(&c->hpc, &si) ||
	    hpc_read(&c->hpc, &to))
		return "its interrupts come from something else";
	if (to - from < n || to - from > n + c->kind->skid) {
		snprintf(why, sizeof(why),
			 "it interrupts after %lu branches instead of %lu, or at most %u more",
			 (unsigned long)(to - from), (unsigned long)n, c->kind->skid);
		return why;
	}
	/* to the end of the loop */
	return ptrace(PTRACE_CONT, c->pid, NULL, NULL) || !stopped_by(c, SIGTRAP)
		       ? "its interrupts do not end"
		       : NULL;
}

static const char *lock_map_test(const struct child *c)
{
	struct hpc_kind k = {.event = {.type = PERF_TYPE_RAW, .config = c->kind->lock_map}};
	struct child with = {.pid = c->pid, .kind = &k};

	if (hpc_open(&with.hpc, &k, c->pid))
		return NULL;
	int64_t n = ticks_of(&with, LOOPS, true);
	hpc_close(&with.hpc);
	return n > 0 ? hpc_lock_map_text : NULL;
}

static const char *no_counter(int error)
{
	char *text = file_read("/proc/sys/kernel/perf_event_paranoid", 16, NULL);
	int paranoid = text ? atoi(text) : -1;

	free(text);
	if (error == ENOENT || error == ENODEV || error == EOPNOTSUPP)
		snprintf(why, sizeof(why),
			 "this machine has none, or its hypervisor hides it (perf_event_open: %s)",
			 strerror(error));
	else if ((error == EACCES || error == EPERM) && paranoid > 2)
		snprintf(why, sizeof(why),
			 "it is forbidden (kernel.perf_event_paranoid is %d: set it to 2 or less)",
			 paranoid);
	else
		snprintf(why, sizeof(why), "perf_event_open: %s", strerror(error));
	return why;
}

static const char *self_test(const struct hpc_kind *k)
{
	static const uint64_t periods[] = {2, 100, 5000, 40000, 1234, 20000};
	struct child c = {.kind = k};
	const char *no = NULL;

	/* Without a PMU there is no need for a child. */
	if (hpc_open(&c.hpc, k, 0))
		return no_counter(errno);
	hpc_close(&c.hpc);
	if (!child_start(&c))
		no = "a child process cannot be traced";
	else if (hpc_open(&c.hpc, k, c.pid))
		no = no_counter(errno);
	if (!no && k->lock_map)
		no = lock_map_test(&c);
	for (int locked = 0; !no && locked < 2; locked++)
		no = count_test(&c, locked);
	for (size_t i = 0; !no && i < ARRAY_LEN(periods); i++)
		no = period_test(&c, periods[i]);
	child_end(&c);
	return no;
}

const char *hpc_choose(int cpu, struct hpc_kind *k)
{
	cpu_set_t was, one;
	const char *no;

	CPU_ZERO(&one);
	if (cpu >= 0 && cpu < CPU_SETSIZE)
		CPU_SET(cpu, &one);
	int known = sched_getaffinity(0, sizeof(was), &was);
	if (cpu >= 0)
		sched_setaffinity(0, sizeof(one), &one);
	no = hpc_kind_here(k);
	if (!no && k->event.type != PERF_TYPE_SOFTWARE)
		no = self_test(k);
	if (!known)
		sched_setaffinity(0, sizeof(was), &was);
	return no;
}
