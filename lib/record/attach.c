/* Programs that look at others: the part of ptrace(2) that stops tasks, reads them, and lets them go again, as programs use
 * it that look for leaks or tell of a crash. The kernel has one tracer for a task, and that is us: so we answer. A task that
 * is halted takes no turn until it is let go; its calls may end meanwhile. What was read is in the trace, and a replay
 * needs no more. What would change the other task is refused. */
#include "record/recorder.h"

#include "util/util.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOPPED_BY(sig) ((sig) << 8 | 0x7f)
/* Parts of the area that XSAVE writes (Intel SDM vol. 1, 13.4): the first is what FXSAVE writes. */
#define FXSAVE_SIZE 512

/* --- who may -------------------------------------------------------------------------------------------------- */

/* The owner of what the kernel shows of a task is its user, or root where it may not be read: proc(5). */
static uid_t owner(pid_t tid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d", tid);
	return stat(path, &st) ? (uid_t)-1 : st.st_uid;
}

static bool may_attach(const struct rtask *by, const struct rtask *x)
{
	uid_t user = owner(by->t.tid);

	return x->tgid != by->tgid && !x->tracer && (user == 0 || user == owner(x->t.tid));
}

/* --- what is read --------------------------------------------------------------------------------------------- */

/* Answers with bytes in the caller's memory, which are outputs of its call. */
static int64_t give(struct call *c, uint64_t at, const void *bytes, size_t n)
{
	if (task_write(c->t, at, bytes, n))
		return -EFAULT;
	c->note[0] = at;
	c->note[1] = n;
	return 0;
}

/* In a call, they are as at a stop of the kernel's: the call is to be made again when the task goes on. */
static struct trace_regs registers(const struct rtask *x)
{
	struct trace_regs g = x->in_call ? x->call.entry : x->park;

	if (x->in_call)
		ARCH_RESULT(&g) = (uint64_t)-ARCH_ERESTARTSYS;
	else
		ARCH_SYSNO(&g) = UINT64_MAX;
	return g;
}

/* Of a task that is in the kernel only the general registers are known. */
static ssize_t extended(struct rtask *x, uint8_t area[ARCH_XSTATE_MAX])
{
	return x->state == RS_BLOCKED ? -1 : task_get_xstate(&x->t, area, ARCH_XSTATE_MAX);
}

/* One of the kernel's sets of registers; bytes, -1 if it cannot be told. */
static ssize_t read_set(struct rtask *x, uint64_t set, uint8_t area[ARCH_XSTATE_MAX])
{
	struct trace_regs g = registers(x);

	switch (set) {
	case NT_PRSTATUS: memcpy(area, &g, sizeof g); return sizeof g;
	case NT_PRFPREG: return extended(x, area) < FXSAVE_SIZE ? -1 : FXSAVE_SIZE;
	case NT_X86_XSTATE: return extended(x, area);
	default: return -1;
	}
}

static int64_t give_set(struct call *c, struct rtask *x)
{
	uint8_t area[ARCH_XSTATE_MAX];
	struct iovec v;

	if (task_read_all(c->t, c->args[3], &v, sizeof v))
		return -EFAULT;
	ssize_t n = read_set(x, c->args[2], area);
	if (n < 0)
		return -EIO;
	v.iov_len = v.iov_len < (size_t)n ? v.iov_len : (size_t)n;
	if (task_write(c->t, c->args[3], &v, sizeof v))
		return -EFAULT;
	call_out(c, c->args[3], sizeof v);
	return give(c, (uint64_t)v.iov_base, area, v.iov_len);
}

static int64_t give_registers(struct call *c, struct rtask *x, uint64_t set)
{
	uint8_t area[ARCH_XSTATE_MAX];
	ssize_t n = read_set(x, set, area);

	return n < 0 ? -EIO : give(c, c->args[3], area, (size_t)n);
}

static int64_t give_word(struct call *c, struct rtask *x, bool of_registers)
{
	struct trace_regs g = registers(x);
	uint64_t word = 0;

	if (of_registers && (c->args[2] & 7 || c->args[2] / 8 >= TRACE_NREGS))
		return -EIO;
	if (of_registers)
		word = g.r[c->args[2] / 8];
	else if (task_read_all(&x->t, c->args[2], &word, sizeof word))
		return -EIO;
	return give(c, c->args[3], &word, sizeof word);
}

static int64_t give_siginfo(struct call *c, const struct rtask *x)
{
	siginfo_t info = {.si_signo = WSTOPSIG(x->halted_by), .si_code = SI_USER};

	info.si_pid = c->t->tid;
	return give(c, c->args[3], &info, sizeof info);
}

/* --- halting and letting go ----------------------------------------------------------------------------------- */

static int64_t halt(struct rtask *x, int status)
{
	x->halted = x->unreported = true;
	x->halted_by = status;
	return 0;
}

static int64_t attach(struct rtask *by, struct rtask *x, bool seize)
{
	if (!may_attach(by, x))
		return -EPERM;
	x->tracer = by->t.tid;
	return seize ? 0 : halt(x, STOPPED_BY(SIGSTOP));
}

static int64_t go_on(struct rtask *x, bool detach, uint64_t sig)
{
	if (sig > 64)
		return -EIO;
	x->halted = x->unreported = false;
	if (detach)
		x->tracer = 0;
	if (sig && sig != (uint64_t)WSTOPSIG(x->halted_by))
		syscall(SYS_tgkill, x->tgid, x->t.tid, (int)sig);
	return 0;
}

void attach_tracer_gone(struct recorder *r, const struct rtask *by)
{
	for (struct rtask *x = r->tasks; x; x = x->next)
		if (x->tracer == by->t.tid) {
			x->tracer = 0;
			x->halted = x->unreported = false;
		}
}

static int64_t request(struct call *c, struct rtask *by, struct rtask *x)
{
	uint64_t what = c->args[0];

	if (what == PTRACE_ATTACH || what == PTRACE_SEIZE)
		return c->args[3] && what == PTRACE_SEIZE ? -EIO : attach(by, x, what == PTRACE_SEIZE);
	if (x->tracer != by->t.tid)
		return -ESRCH;
	if (what == PTRACE_INTERRUPT)
		return halt(x, STOPPED_BY(SIGTRAP) | PTRACE_EVENT_STOP << 16);
	if (what == PTRACE_KILL)
		return syscall(SYS_tgkill, x->tgid, x->t.tid, SIGKILL) ? -errno : 0;
	if (!x->halted)
		return -ESRCH;
	switch (what) {
	case PTRACE_CONT:
	case PTRACE_DETACH: return go_on(x, what == PTRACE_DETACH, c->args[3]);
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:
	case PTRACE_PEEKUSER: return give_word(c, x, what == PTRACE_PEEKUSER);
	case PTRACE_GETREGS: return give_registers(c, x, NT_PRSTATUS);
	case PTRACE_GETFPREGS: return give_registers(c, x, NT_PRFPREG);
	case PTRACE_GETREGSET: return give_set(c, x);
	case PTRACE_GETSIGINFO: return give_siginfo(c, x);
	case PTRACE_SETOPTIONS: return c->args[3] ? -EINVAL : 0;
	default: return -EIO;
	}
}

bool attach_request(struct recording *rec, struct call *c)
{
	struct recorder *r = (struct recorder *)rec;
	struct rtask *x = recorder_find(r, (pid_t)c->args[1]);

	if (c->args[0] == PTRACE_TRACEME)
		return false;
	c->result = x && x->state != RS_GONE && !x->exiting ? request(c, (struct rtask *)c->t, x) : -ESRCH;
	return true;
}

/* --- telling of it -------------------------------------------------------------------------------------------- */

pid_t attach_wait(struct recording *rec, struct task *by, pid_t which, int *status)
{
	for (struct rtask *x = ((struct recorder *)rec)->tasks; x; x = x->next)
		if (x->tracer == by->tid && x->unreported && (which == -1 || which == x->t.tid)) {
			x->unreported = false;
			*status = x->halted_by;
			return x->t.tid;
		}
	return 0;
}
