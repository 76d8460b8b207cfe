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

static int read_mem(void *ctx, uint64_t addr, void *buf, size_t n)
{
	return task_read_all(ctx, addr, buf, n);
}

int ptask_go(struct ptask *pt)
{
	uint64_t pc = ARCH_PC(&pt->t.regs);

	ARCH_PC(&pt->t.regs) = code_entry(&pt->t.mm->code, pc);
	int e = task_set_regs(&pt->t);
	ARCH_PC(&pt->t.regs) = pc;
	return e;
}

/* What a stop of the program's own doing is: a call, a signal, or counted code. */
static bool arrived(struct ptask *pt, int status)
{
	const struct counter_page *page = &pt->count.page;
	const uint64_t saved[3] = {page->rax, page->rcx, page->r11};

	pt->site = NULL;
	pt->chance = -1;
	if (WSTOPSIG(status) & 0x80) {
		if (pt->t.mm->counted)
			code_at_stop(&pt->t.mm->code, &pt->t.regs, saved, read_mem, &pt->t, &pt->site);
		if (pt->site && pt->site->kind >= CODE_RDTSC)
			pt->chance = pt->site->kind - CODE_RDTSC + CHANCE_RDTSC;
		return true;
	}
	if (!task_raised(&pt->t, WSTOPSIG(status)))
		return false;
	ARCH_PC(&pt->t.regs) = code_origin(&pt->t.mm->code, ARCH_PC(&pt->t.regs));
	return true;
}

/* Where an interrupting counter is to stop, and what for. */
struct interrupt {
	uint64_t ticks; /* at so many, and some instructions late */
	uint64_t pc;	/* or when it comes to this breakpoint again; 0: none */
	bool hit;	/* it has */
};

/* The step counter: instruction by instruction, until the task does something or is to be interrupted (in may be NULL). */
static enum replay_verdict step(struct replayer *p, struct ptask *pt, struct interrupt *in, int *status)
{
	struct arch_chance c;
	uint64_t late = 0;

	pt->site = NULL;
	pt->chance = -1;
	for (uint64_t n = 0;; n++) {
		if (in && (in->pc ? n && ARCH_PC(&pt->t.regs) == in->pc : pt->count.ticks >= in->ticks && late++ >= p->skid)) {
			in->hit = true;
			return REPLAY_EXACT;
		}
		running = pt->t.tid;
		enum step_result s = step_once(&pt->t, PTRACE_SYSEMU_SINGLESTEP, 0, &pt->count.ticks, &c, status);
		running = 0;
		switch (s) {
		case STEP_DONE: continue;
		case STEP_CHANCE: pt->chance = c.insn; return REPLAY_EXACT;
		case STEP_CALL:
			if (task_resume(&pt->t, PTRACE_SYSEMU, 0) || task_wait(&pt->t, status))
				return trouble(p, "the replay's task has vanished: killed from outside?");
			break;
		case STEP_GONE: return trouble(p, "the replay's task has vanished: killed from outside?");
		case STEP_STOPPED: break;
		}
		if (!WIFSTOPPED(*status))
			return trouble(p, "the replay's task was killed from outside (signal %d)", WTERMSIG(*status));
		if (task_get_regs(&pt->t))
			return trouble(p, "the replay's task has vanished: killed from outside?");
		if (!(*status >> 16) && ((WSTOPSIG(*status) & 0x80) || task_raised(&pt->t, WSTOPSIG(*status))))
			return REPLAY_EXACT;
		if (*status >> 16 && overdue(p, pt))
			return diverged(p, pt, "the task does not come to its next event");
	}
}

/* Runs the task until it does something, or has made one tick more than `ticks`. */
static enum replay_verdict run(struct replayer *p, struct ptask *pt, uint64_t ticks, int *status)
{
	if (p->step)
		return step(p, pt, NULL, status);
	soft_arm(&pt->count, pt->t.mm->counted ? ticks - pt->count.ticks + 1 : SOFT_FAR);
	for (;;) {
		soft_enter(&p->soft, &pt->count);
		running = pt->t.tid;
		int e = task_resume(&pt->t, PTRACE_SYSEMU, 0) || task_wait(&pt->t, status);
		running = 0;
		soft_leave(&p->soft, &pt->count);
		if (e)
			return trouble(p, "the replay's task has vanished: killed from outside?");
		if (!WIFSTOPPED(*status))
			return trouble(p, "the replay's task was killed from outside (signal %d)", WTERMSIG(*status));
		if (!(*status >> 16)) {
			if (task_get_regs(&pt->t))
				return trouble(p, "the replay's task has vanished: killed from outside?");
			if (arrived(pt, *status))
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

/* Runs to the event's position, and says what the task came to there instead of `what`, if it did. */
static enum replay_verdict run_to_event(struct replayer *p, struct ptask *pt, const char *what, int *status)
{
	if (pt->count.ticks > p->ev.ticks)
		return diverged(p, NULL, "the task was to %s at tick %lu, and is at %lu already", what,
				(unsigned long)p->ev.ticks, (unsigned long)pt->count.ticks);
	return run(p, pt, p->ev.ticks, status);
}

static enum replay_verdict unexpected(struct replayer *p, struct ptask *pt, const char *what, int status)
{
	if (pt->chance >= 0)
		return diverged(p, pt, "the task was to %s, but came to an instruction whose result is recorded", what);
	if (pt->site)
		return diverged(p, pt, "the task was to %s, but has made more ticks than the %lu recorded", what,
				(unsigned long)p->ev.ticks);
	if (WSTOPSIG(status) & 0x80) {
		const struct sys_desc *d = systab_get(ARCH_SYSNO(&pt->t.regs));
		return diverged(p, pt, "the task was to %s, but called %s", what, d ? d->name : "an unknown system call");
	}
	return diverged(p, pt, "the task was to %s, but raised SIG%s", what, signal_name(WSTOPSIG(status)));
}

static enum replay_verdict check_position(struct replayer *p, struct ptask *pt, bool at_call)
{
	enum replay_verdict v = check_regs(p, pt, at_call);

	if (!v && (p->step || pt->t.mm->counted) && pt->count.ticks != p->ev.ticks)
		return diverged(p, pt, "ticks differ: recorded %lu, replayed %lu", (unsigned long)p->ev.ticks,
				(unsigned long)pt->count.ticks);
	return v;
}

enum replay_verdict run_to_call(struct replayer *p, struct ptask *pt)
{
	int status;
	enum replay_verdict v = run_to_event(p, pt, "make a call", &status);

	if (v)
		return v;
	if (pt->chance >= 0 || pt->site || !(WSTOPSIG(status) & 0x80))
		return unexpected(p, pt, "make a call", status);
	pt->in_call = true;
	return check_position(p, pt, true);
}

enum replay_verdict run_to_signal(struct replayer *p, struct ptask *pt, int sig)
{
	char what[32];
	int status;

	snprintf(what, sizeof what, "raise SIG%s", signal_name(sig));
	enum replay_verdict v = run_to_event(p, pt, what, &status);
	if (v)
		return v;
	/* A program may want its time-stamp instructions to fault: prctl(2), PR_SET_TSC. */
	bool tsc = pt->site && sig == SIGSEGV && (pt->chance == CHANCE_RDTSC || pt->chance == CHANCE_RDTSCP);
	if (tsc)
		arch_as_faulted(&pt->t.regs);
	else if (pt->chance >= 0 || pt->site || WSTOPSIG(status) != sig)
		return unexpected(p, pt, what, status);
	return check_position(p, pt, false);
}

/* An interrupting counter comes near, late by its skid; the rest of the way a breakpoint finds. */
static enum replay_verdict run_to_point(struct replayer *p, struct ptask *pt)
{
	struct interrupt near = {.ticks = p->ev.ticks > SKID_MAX ? p->ev.ticks - SKID_MAX : 0};
	struct interrupt there = {.pc = ARCH_PC(&p->ev.regs)};
	enum replay_verdict v;
	int status;

	if (pt->count.ticks < near.ticks) {
		if ((v = step(p, pt, &near, &status)))
			return v;
		if (!near.hit)
			return unexpected(p, pt, "compute on", status);
	}
	while (pt->count.ticks != p->ev.ticks || arch_regs_differ(&p->ev.regs, &pt->t.regs, false) >= 0) {
		if (pt->count.ticks > p->ev.ticks)
			return check_position(p, pt, false);
		there.hit = false;
		if ((v = step(p, pt, &there, &status)))
			return v;
		if (!there.hit)
			return unexpected(p, pt, "compute on", status);
	}
	return REPLAY_EXACT;
}

enum replay_verdict run_to_tick(struct replayer *p, struct ptask *pt)
{
	int status;

	if (p->step)
		return run_to_point(p, pt);
	if (pt->count.ticks >= p->ev.ticks || !pt->t.mm->counted)
		return check_position(p, pt, false);
	enum replay_verdict v = run(p, pt, p->ev.ticks - 1, &status);
	if (v)
		return v;
	if (!pt->site || pt->site->kind >= CODE_RDTSC)
		return unexpected(p, pt, "compute on", status);
	if ((v = check_position(p, pt, false)))
		return v;
	return ptask_go(pt) ? trouble(p, "registers cannot be set: %s", strerror(errno)) : REPLAY_EXACT;
}

enum replay_verdict run_to_chance(struct replayer *p, struct ptask *pt)
{
	const char *what = "come to an instruction whose result is recorded";
	int status;
	enum replay_verdict v = run_to_event(p, pt, what, &status);

	if (v)
		return v;
	bool hooked = pt->chance == (int)p->ev.sysno;
	bool trapped = pt->chance < 0 && !pt->site && WSTOPSIG(status) == SIGSEGV && p->ev.sysno <= CHANCE_RDTSCP;
	if (!hooked && !trapped)
		return unexpected(p, pt, what, status);
	return check_position(p, pt, false);
}
