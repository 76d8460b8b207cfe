/* Diversions: a debugger changes registers or memory, or calls a function, in copies of the
 * replay's tasks that are discarded afterwards. A diversion's system calls have no effect outside
 * of it: a few are served here, the others fail with ENOSYS. */
#include "replay/debugger.h"
#include "replay/page_watch.h"
#include "tracee/injected_calls.h"
#include "tracee/waitstatus.h"
#include "util/size.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

bool debug_diversion(const struct debug *d)
{
	return d->diversion;
}

static int diversion_begin(struct debug *d)
{
	struct ptask *pt;

	if (d->diversion)
		return 0;
	d->diversion_from = debug_here(d); /* copies of tasks have no position in the run */
	d->diversion_siginfo = d->siginfo_event;
	SLIST_FOREACH(pt, &d->p.tasks, link)
		debugger_points_remove(pt);
	d->diversion = replayer_divert(&d->p);
	return d->diversion ? 0
			    : debugger_fail(d, "the tasks cannot be copied for a diversion: %s",
					    strerror(errno));
}

void debug_diversion_end(struct debug *d)
{
	if (!d->diversion)
		return;
	replayer_divert_end(&d->p, d->diversion);
	d->diversion = NULL;
	d->insns = d->diversion_from.insns;
	d->insns_known = true;
	d->siginfo_event = d->diversion_siginfo;
}

/* The result of a call: writes claim success, memory is really mapped. */
static int64_t serve(struct ptask *pt)
{
	const struct trace_regs g = pt->t.regs;
	uint64_t a[6];

	for (int i = 0; i < 6; i++)
		a[i] = arch_arg(&g, i);
	switch (ARCH_SYSNO(&g)) {
	case SYS_write: return (int64_t)a[2];
	case SYS_getpid: return pt->pid;
	case SYS_gettid: return pt->id;
	case SYS_mmap:
		if (!(a[3] & MAP_ANONYMOUS))
			return -ENOSYS;
		return task_call_replay(
			&pt->t, SYS_mmap,
			(const uint64_t[6]){a[0], a[1], a[2],
					    (a[3] & ~(uint64_t)MAP_SHARED) | MAP_PRIVATE, a[4], 0},
			NULL);
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_madvise: return task_call_replay(&pt->t, (long)ARCH_SYSNO(&g), a, NULL);
	case SYS_brk:
		if (a[0] > kernel_mm_brk(pt->t.mm)) {
			uint64_t from = PAGE_UP(kernel_mm_brk(pt->t.mm)), to = PAGE_UP(a[0]);
			if (to > from &&
			    TASK_CALL_REPLAY(&pt->t, SYS_mmap, from, to - from,
					     PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
					     (uint64_t)-1, 0) != (int64_t)from)
				return (int64_t)kernel_mm_brk(pt->t.mm);
			kernel_mm_set_brk(pt->t.mm, a[0]);
		}
		return (int64_t)kernel_mm_brk(pt->t.mm);
	case SYS_rt_sigprocmask:
	case SYS_rt_sigaction:
	case SYS_futex: return 0;
	default: return -ENOSYS;
	}
}

static bool serve_call(struct ptask *pt)
{
	const struct counter_page *page = &pt->count.page;
	const uint64_t saved[COUNTER_SAVED] = {page->saved[0], page->saved[1], page->saved[2]};
	const struct code_site *site;
	struct arch_nondet c;
	static const struct arch_features all;

	if (kernel_mm_counted(pt->t.mm) &&
	    code_at_stop(code_of(pt->t.mm), &pt->t.regs, saved, task_read_ctx, &pt->t, &site)) {
		if (site->kind >= CODE_NONDET) {
			c = (struct arch_nondet){site->kind - CODE_NONDET, site->len, site->reg,
						 site->size};
			arch_nondet_emulate(&pt->t.regs, &c, &all);
		}
		return !ptask_set_regs(pt);
	}
	if (page_watches(pt->t.mm)->nguards) /* the call may change mappings */
		debugger_points_remove(pt);
	ARCH_RESULT(&pt->t.regs) = (uint64_t)serve(pt);
	ARCH_SYSNO(&pt->t.regs) = (uint64_t)-1;
	return !ptask_set_regs(pt);
}

static enum outcome over(struct debug *d, struct ptask *pt, enum debug_stop_kind kind, int number)
{
	d->stop =
		(struct debug_stop){.kind = kind, .number = number, .pid = pt->pid, .tid = pt->id};
	return OUT_STOP;
}

static enum outcome step_once_here(struct debug *d, struct ptask *pt)
{
	enum event_state event = d->p.event;
	uint8_t kind = d->p.ev.kind;

	/* A diversion has no recorded events. */
	d->p.event = EVENT_LOADED;
	d->p.ev.kind = EV_SYSCALL;
	enum stepped s = debugger_insn_step(d, pt);
	d->p.event = event;
	d->p.ev.kind = kind;
	return s == STEPPED ? OUT_GOAL : OUT_STOP;
}

static enum outcome run(struct debug *d, struct ptask *pt)
{
	int status;

	for (;;) {
		if (debugger_points_insert(d, pt))
			return OUT_TROUBLE;
		soft_arm(&pt->count, SOFT_FAR);
		soft_enter(&d->p.soft, &pt->count);
		if (replayer_watchdog_resume(&d->p, pt, PTRACE_SYSEMU, &status)) {
			debugger_fail(d, "the task has ended in the diversion");
			return OUT_TROUBLE;
		}
		soft_leave(&d->p.soft, &pt->count);
		if (wait_is_call(status)) {
			uint64_t nr = ARCH_SYSNO(&pt->t.regs);
			if ((nr == SYS_exit_group || nr == SYS_exit) &&
			    !code_in_tramp(code_of(pt->t.mm), ARCH_PC(&pt->t.regs)))
				return over(d, pt, DEBUG_STOP_SIGNAL, SIGTERM);
			if (!serve_call(pt))
				return OUT_TROUBLE;
			continue;
		}
		switch (debugger_hook_stop(&d->hooks, &d->p, pt, status)) {
		case HOOK_STAY: return d->interrupted ? OUT_INTERRUPT : OUT_STOP;
		case HOOK_RESUME: continue;
		case HOOK_NOT_MINE: break;
		}
		if (d->interrupted)
			return OUT_INTERRUPT;
		if (task_raised(&pt->t, wait_signal(status))) {
			ptask_to_origin(&d->p, pt);
			return over(d, pt, DEBUG_STOP_SIGNAL, wait_signal(status));
		}
	}
}

enum outcome debugger_diversion_resume(struct debug *d, const struct debug_resume *go)
{
	struct ptask *pt = debugger_task(d, go->step ? go->step : debug_current(d));

	if (go->backward || !pt) {
		debugger_fail(d, "a diversion has no past: end it first");
		return OUT_TROUBLE;
	}
	d->interrupted = d->hooks.stop_soon = false;
	d->stop.kind = DEBUG_STOP_STEP;
	if (step_once_here(d, pt) == OUT_GOAL) {
		if (go->step && !go->hi)
			return OUT_GOAL;
		const struct stop_point *q = debugger_points_break_at(d, pt);
		if (q)
			return over(d, pt, DEBUG_STOP_BREAK, 0);
	}
	return run(d, pt);
}

int debug_set_regs(struct debug *d, pid_t tid, const struct trace_regs *g)
{
	struct ptask *pt = debugger_need_task(d, tid);

	if (!pt || diversion_begin(d) || !(pt = debugger_need_task(d, tid)))
		return -1;
	pt->t.regs = *g;
	ptask_set_state(pt, PTASK_RUNNING);
	ARCH_SYSNO(&pt->t.regs) = (uint64_t)-1;
	return ptask_set_regs(pt) ? debugger_fail(d, "registers cannot be set: %s", strerror(errno))
				  : 0;
}

int debug_set_xstate(struct debug *d, pid_t tid, const void *buf, size_t n)
{
	struct ptask *pt = debugger_need_task(d, tid);

	if (!pt || diversion_begin(d) || !(pt = debugger_need_task(d, tid)))
		return -1;
	return task_set_xstate(&pt->t, buf, n)
		       ? debugger_fail(d, "registers cannot be set: %s", strerror(errno))
		       : 0;
}

int debug_write(struct debug *d, pid_t tid, uint64_t addr, const void *buf, size_t n)
{
	struct ptask *pt = debugger_need_task(d, tid);

	if (!pt || diversion_begin(d) || !(pt = debugger_need_task(d, tid)))
		return -1;
	if (debugger_hidden_until(&pt->t, addr) || task_write(&pt->t, addr, buf, n))
		return debugger_fail(d, "memory at 0x%lx cannot be written", (unsigned long)addr);
	return 0;
}
