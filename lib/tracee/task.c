#include "tracee/task.h"

#include "arch/ptrace.h"
#include "tracee/waitstatus.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

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
	t->away = false;
	return arch_set_regs(t->tid, &t->regs);
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

bool task_is_breakpoint_trap(const siginfo_t *info)
{
	return info->si_signo == SIGTRAP && info->si_code == SI_KERNEL;
}

bool task_is_watchpoint_trap(const siginfo_t *info)
{
	return info->si_signo == SIGTRAP && info->si_code == TRAP_HWBKPT;
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
	struct pending_signal **p = &t->pending, *s = xcalloc(1, sizeof(*s));

	s->info = *info;
	while (*p)
		p = &(*p)->next;
	*p = s;
	return s;
}

static void set_call(struct trace_regs *g, uint64_t pc, long nr, const uint64_t args[6])
{
	for (int i = 0; i < 6; i++)
		arch_set_arg(g, i, args[i]);
	ARCH_RESULT(g) = (uint64_t)nr;
	ARCH_SYSNO(g) = (uint64_t)-1;
	ARCH_PC(g) = pc;
	arch_call_mode(g);
}

/* Resumes to the next syscall-stop. Signals on the way become pending. */
static int to_call_stop(struct task *t)
{
	int status;

	for (;;) {
		if (task_resume(t, PTRACE_SYSCALL, 0) || task_wait(t, &status) ||
		    !wait_is_stop(status) || wait_event(status) == PTRACE_EVENT_EXIT)
			return -1;
		if (wait_is_call(status))
			return 0;
		siginfo_t info;
		if (wait_signal(status) && !task_siginfo(t, &info))
			task_add_pending(t, &info);
	}
}

static int64_t call_from(struct task *t, uint64_t pc, long nr, const uint64_t args[6])
{
	struct trace_regs saved;
	int64_t result = -ESRCH;

	if (task_get_regs(t))
		return -ESRCH;
	saved = t->regs;
	set_call(&t->regs, pc, nr, args);
	if (!task_set_regs(t) && !to_call_stop(t) && !to_call_stop(t) && !task_get_regs(t))
		result = (int64_t)ARCH_RESULT(&t->regs);
	t->regs = saved;
	ARCH_SYSNO(&t->regs) = (uint64_t)-1;
	if (task_set_regs(t))
		return -ESRCH;
	t->regs = saved;
	return result;
}

int64_t task_call(struct task *t, long nr, const uint64_t args[6])
{
	return call_from(t, AGENT_ADDR, nr, args);
}

int task_map_agent(struct task *t)
{
	uint8_t code[ARCH_SYSCALL_LEN];

	if (task_get_regs(t))
		return -1;
	/* Replaces the bytes at the entry point by a call instruction, for one call. */
	uint64_t pc = ARCH_PC(&t->regs);
	if (task_read_all(t, pc, code, sizeof(code)) ||
	    task_write(t, pc, arch_syscall_insn, sizeof(code)))
		return -1;
	int64_t at = call_from(
		t, pc, SYS_mmap,
		(const uint64_t[6]){AGENT_ADDR, AGENT_END - AGENT_ADDR, PROT_READ | PROT_EXEC,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, (uint64_t)-1,
				    0});
	if (task_write(t, pc, code, sizeof(code)))
		return -1;
	if (at != (int64_t)AGENT_ADDR) {
		errno = at < 0 ? (int)-at : EEXIST;
		return -1;
	}
	return task_write(t, AGENT_ADDR, arch_syscall_insn, ARCH_SYSCALL_LEN) ||
			       task_write(t, AGENT_CALL_END, arch_breakpoint,
					  ARCH_BREAKPOINT_LEN) ||
			       task_write(t, AGENT_CLOCK, arch_clock_insn, ARCH_CLOCK_LEN)
		       ? -1
		       : 0;
}

int task_finish_exec(struct task *t)
{
	int status;

	do { /* signals from outside are dropped */
		if (task_resume(t, PTRACE_SYSCALL, 0) || task_wait(t, &status) ||
		    !wait_is_stop(status))
			return -1;
	} while (!wait_is_call(status));
	return 0;
}

int64_t task_call_replay(struct task *t, long nr, const uint64_t args[6], pid_t *child)
{
	struct trace_regs saved = t->regs;
	int64_t result = -ESRCH;
	int status;

	set_call(&t->regs, AGENT_ADDR, nr, args);
	if (task_set_regs(t))
		return -ESRCH;
	t->away = true;
	for (;;) {
		if (task_resume(t, PTRACE_CONT, 0) || task_wait(t, &status) ||
		    !wait_is_stop(status))
			return -ESRCH;
		int event = wait_event(status);
		if (child && (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK ||
			      event == PTRACE_EVENT_VFORK))
			*child = (pid_t)task_event_msg(t);
		/* a new program: the old registers are void */
		if (event == PTRACE_EVENT_EXEC)
			return task_finish_exec(t) ? -ESRCH : 0;
		if (event)
			continue;
		if (task_get_regs(t))
			return -ESRCH;
		if (ARCH_PC(&t->regs) == AGENT_CALL_END + ARCH_BREAKPOINT_PC_ADJUST) {
			result = (int64_t)ARCH_RESULT(&t->regs);
			break;
		}
		if (task_raised(t, wait_signal(status)))
			break;
	}
	t->regs = saved;
	return result;
}
