#include "tracee/task.h"

#include "arch/ptrace.h"
#include "tracee/waitstatus.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

void task_init(struct task *t, pid_t tid, struct mm *mm)
{
	t->tid = tid;
	t->mm = mm;
	STAILQ_INIT(&t->pending);
}

void task_clear(struct task *t)
{
	while (!STAILQ_EMPTY(&t->pending))
		task_remove_pending(t, STAILQ_FIRST(&t->pending));
}

int task_get_regs(struct task *t)
{
	return arch_get_regs(t->tid, &t->regs);
}

int task_get_result(struct task *t, uint64_t *result)
{
	return arch_get_result(t->tid, result);
}

int task_set_result(struct task *t)
{
	return arch_set_result(t->tid, ARCH_RESULT(&t->regs));
}

int task_set_regs(struct task *t)
{
	struct trace_regs g = t->regs;

	t->away = false;
	if (t->skips)
		ARCH_SYSNO(&g) = (uint64_t)-1;
	return arch_set_regs(t->tid, &g);
}

int task_restore(struct task *t)
{
	uint64_t nr = ARCH_SYSNO(&t->regs);

	if (!t->away)
		return 0;
	ARCH_SYSNO(&t->regs) = (uint64_t)-1; /* no system call to restart */
	int e = task_set_regs(t);
	ARCH_SYSNO(&t->regs) = nr;
	return e;
}

int task_resume(struct task *t, int request, int sig)
{
	if (request != PTRACE_INTERRUPT)
		t->skips = false;
	return (int)ptrace(request, t->tid, NULL, (void *)(long)sig);
}

int task_wait(struct task *t, int *status)
{
	pid_t r;

	do {
		r = waitpid(t->tid, status, __WALL);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -1 : 0;
}

int task_siginfo(struct task *t, siginfo_t *info)
{
	return (int)ptrace(PTRACE_GETSIGINFO, t->tid, NULL, info);
}

bool task_raised(struct task *t, int sig)
{
	siginfo_t info;

	switch (sig) {
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
	case SIGTRAP:
	case SIGSYS: return task_siginfo(t, &info) || info.si_code > 0;
	default: return false;
	}
}

bool task_clock_faults(const struct task *t, const struct arch_nondet *c)
{
	return t->clock_faults && arch_nondet_is_clock(c->kind) && arch_clock_faults();
}

unsigned long task_event_msg(struct task *t)
{
	unsigned long msg = 0;

	ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &msg);
	return msg;
}

ssize_t task_get_xstate(struct task *t, void *buf, size_t max)
{
	return arch_get_xstate(t->tid, buf, max);
}

/* This process replays one trace at a time, and all its tasks were recorded on the same machine. */
static struct {
	bool differs;
	struct arch_xlayout there, here;
} recorded;

void task_xstate_recorded(const struct arch_xlayout *there)
{
	recorded.there = *there;
	arch_xlayout_here(&recorded.here);
	recorded.differs = memcmp(&recorded.there, &recorded.here, sizeof(recorded.here)) != 0;
}

/* Sets the area in this machine's layout, from the recorded one. */
static int set_converted(struct task *t, const void *buf, size_t n)
{
	uint8_t area[ARCH_XSTATE_MAX];
	ssize_t n_here = task_get_xstate(t, area, sizeof(area));

	if (n_here < 0 ||
	    !arch_xstate_convert(&recorded.there, buf, n, &recorded.here, area, (size_t)n_here))
		return -1;
	return arch_set_xstate(t->tid, area, (size_t)n_here);
}

int task_set_xstate(struct task *t, const void *buf, size_t n)
{
	return recorded.differs ? set_converted(t, buf, n) : arch_set_xstate(t->tid, buf, n);
}

void task_set_stack_limit(struct task *t, uint64_t bytes)
{
	struct rlimit lim;

	if (prlimit(t->tid, RLIMIT_STACK, NULL, &lim))
		return;
	lim.rlim_cur = bytes < lim.rlim_max ? bytes : lim.rlim_max;
	prlimit(t->tid, RLIMIT_STACK, &lim, NULL);
}

struct pending_signal *task_add_pending(struct task *t, const siginfo_t *info)
{
	struct pending_signal *s = xcalloc(1, sizeof(*s));

	s->info = *info;
	STAILQ_INSERT_TAIL(&t->pending, s, link);
	return s;
}

void task_remove_pending(struct task *t, struct pending_signal *s)
{
	STAILQ_REMOVE(&t->pending, s, pending_signal, link);
	free(s);
}

struct pending_signal *task_first_pending(const struct task *t)
{
	struct pending_signal *s;

	STAILQ_FOREACH(s, &t->pending, link)
		if (!s->sent)
			break;
	return s;
}
