/* Requests of emulated tracers: ptrace(2).
 *
 * What a request reads is in the trace as an out-parameter of the tracer's call; what it writes
 * into the traced task's memory, as that task's.
 */
#include "record/emulated.h"
#include "record/recorder.h"
#include "tracee/procfs.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* --- permission --- */

/* The owner of what the kernel shows of a task is its user, or root where it may not be read:
 * proc(5). */
static uid_t owner(pid_t tid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", tid);
	return stat(path, &st) ? (uid_t)-1 : st.st_uid;
}

static bool may_attach(const struct rtask *by, const struct rtask *x)
{
	uid_t user = owner(by->t.tid);

	return x->tgid != by->tgid && !x->traced.by && (user == 0 || user == owner(x->t.tid));
}

/* --- what is read --- */

/* Writes bytes to the tracer's memory: an out-parameter of its call. 0 or -EFAULT. */
static int64_t put_bytes(struct call *c, uint64_t at, const void *bytes, size_t n)
{
	if (task_write(c->t, at, bytes, n))
		return -EFAULT;
	c->note[0] = at;
	c->note[1] = n;
	return 0;
}

/* Reads a register set; bytes, or -1 if there is none or it cannot be read. */
static ssize_t read_set(struct rtask *x, uint64_t set, uint8_t area[ARCH_XSTATE_MAX])
{
	const struct trace_regs g = x->traced.regs;

	switch (arch_regset(set)) {
	case ARCH_REGSET_GENERAL: memcpy(area, &g, sizeof(g)); return sizeof(g);
	case ARCH_REGSET_EXTENDED: return task_get_xstate(&x->t, area, ARCH_XSTATE_MAX);
	case ARCH_REGSET_FP:
		return task_get_xstate(&x->t, area, ARCH_XSTATE_MAX) < ARCH_FP_SIZE ? -1
										    : ARCH_FP_SIZE;
	default: return -1;
	}
}

static int64_t put_regset(struct call *c, struct rtask *x)
{
	uint8_t area[ARCH_XSTATE_MAX];
	struct iovec v;

	if (task_read_all(c->t, c->args[3], &v, sizeof(v)))
		return -EFAULT;
	ssize_t n = read_set(x, c->args[2], area);
	if (n < 0)
		return -EIO;
	v.iov_len = v.iov_len < (size_t)n ? v.iov_len : (size_t)n;
	if (task_write(c->t, c->args[3], &v, sizeof(v)))
		return -EFAULT;
	kernel_call_out(c, c->args[3], sizeof(v));
	return put_bytes(c, (uint64_t)v.iov_base, area, v.iov_len);
}

static int64_t put_registers(struct call *c, struct rtask *x, uint64_t set)
{
	uint8_t area[ARCH_XSTATE_MAX];
	ssize_t n = read_set(x, set, area);

	return n < 0 ? -EIO : put_bytes(c, c->args[3], area, (size_t)n);
}

static int64_t put_word(struct call *c, struct rtask *x)
{
	uint64_t word;

	if (task_read_all(&x->t, c->args[2], &word, sizeof(word)))
		return -EIO;
	kernel_original_show(c->rec, &x->t, c->args[2], (uint8_t *)&word, sizeof(word));
	return put_bytes(c, c->args[3], &word, sizeof(word));
}

static int64_t put_word_of_user(struct call *c, struct rtask *x)
{
	int reg = arch_user_reg(c->args[2]), debug = arch_user_debug(c->args[2]);
	uint64_t value;

	if (reg < 0 && debug < 0)
		return -EIO;
	value = reg >= 0 ? x->traced.regs.r[reg] : x->traced.debug[debug];
	if (debug >= 0 && arch_debug_is_status((unsigned)debug))
		value = arch_debug_status(value);
	return put_bytes(c, c->args[3], &value, sizeof(value));
}

/* ptrace_stop() in kernel/signal.c has none in a group-stop, and the task's user in those of
 * ptrace's own. */
static int64_t put_siginfo(struct call *c, const struct rtask *x)
{
	siginfo_t info = x->traced.info;

	if (x->traced.in_group_stop && !x->traced.seized)
		return -EINVAL;
	if (!traced_at_signal(&x->traced) && info.si_pid)
		info.si_uid = owner(x->t.tid);
	return put_bytes(c, c->args[3], &info, sizeof(info));
}

/* One of the signals that are pending for the task, or (shared) for its process; those that the
 * recorder has deferred come first. */
static bool pending_at(struct rtask *x, uint64_t at, bool shared, siginfo_t *si)
{
	const struct pending_signal *s;

	if (!shared)
		STAILQ_FOREACH(s, &x->t.pending, link)
			if (!s->sent && !at--) {
				*si = s->info;
				return true;
			}
	if (ptrace(PTRACE_PEEKSIGINFO, x->t.tid,
		   &(struct __ptrace_peeksiginfo_args){
			   .off = at, .flags = shared ? PTRACE_PEEKSIGINFO_SHARED : 0, .nr = 1},
		   si) != 1)
		return false;
	STAILQ_FOREACH(s, &x->t.pending, link)
		if (s->sent && s->info.si_signo == si->si_signo && si->si_code == SI_TKILL) {
			*si = s->info;
			break;
		}
	return true;
}

/* ptrace_peek_siginfo() in kernel/ptrace.c */
static int64_t put_pending(struct call *c, struct rtask *x)
{
	struct __ptrace_peeksiginfo_args args;
	int64_t n = 0;
	siginfo_t si;

	if (task_read_all(c->t, c->args[2], &args, sizeof(args)))
		return -EFAULT;
	if (args.flags & ~(uint32_t)PTRACE_PEEKSIGINFO_SHARED || args.nr < 0)
		return -EINVAL;
	c->note[0] = c->args[3];
	for (; n < args.nr && pending_at(x, args.off + (uint64_t)n, args.flags, &si); n++) {
		if (task_write(c->t, c->args[3] + (uint64_t)n * sizeof(si), &si, sizeof(si)))
			return n ? n : -EFAULT;
		c->note[1] += sizeof(si);
	}
	return n;
}

static int64_t put_message(struct call *c, const struct rtask *x)
{
	return put_bytes(c, c->args[3], &x->traced.msg, sizeof(x->traced.msg));
}

/* ptrace_get_syscall_info() in kernel/ptrace.c: the result is the full length, even if there is
 * room for less. */
static int64_t put_call(struct call *c, const struct rtask *x)
{
	const struct trace_regs *g = &x->traced.regs;
	struct __ptrace_syscall_info info = {.op = x->traced.syscall_op, .arch = ARCH_AUDIT};
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP && !(x->traced.options & PTRACE_O_TRACESYSGOOD))
		info.op = PTRACE_SYSCALL_INFO_NONE;
	size_t n = offsetof(struct __ptrace_syscall_info, entry);

	info.instruction_pointer = ARCH_PC(g);
	info.stack_pointer = ARCH_SP(g);
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY || info.op == PTRACE_SYSCALL_INFO_SECCOMP) {
		info.entry.nr = ARCH_SYSNO(g);
		for (int i = 0; i < 6; i++)
			info.entry.args[i] = arch_arg(g, i);
		n = offsetof(struct __ptrace_syscall_info, entry.args) + sizeof(info.entry.args);
		if (info.op == PTRACE_SYSCALL_INFO_SECCOMP) {
			info.seccomp.ret_data = (uint32_t)x->traced.msg;
			n = offsetof(struct __ptrace_syscall_info, seccomp.ret_data) +
			    sizeof(info.seccomp.ret_data);
		}
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		info.exit.rval = (int64_t)ARCH_RESULT(g);
		info.exit.is_error = info.exit.rval < 0 && info.exit.rval >= -4095;
		n = offsetof(struct __ptrace_syscall_info, exit.is_error) +
		    sizeof(info.exit.is_error);
	}
	int64_t rc = put_bytes(c, c->args[3], &info, c->args[2] < n ? c->args[2] : n);
	return rc ? rc : (int64_t)n;
}

static int64_t put_mask(struct call *c, const struct rtask *x)
{
	uint64_t mask = x->mask;

	if (c->args[2] != sizeof(mask))
		return -EINVAL;
	if (!x->deferred && ptrace(PTRACE_GETSIGMASK, x->t.tid, sizeof(mask), &mask))
		return -EIO;
	return put_bytes(c, c->args[3], &mask, sizeof(mask));
}

/* --- what is changed --- */

static bool may_set(const struct rtask *x)
{
	const struct traced *d = &x->traced;

	return d->at == TRACED_AT_EVENT || d->at == TRACED_AT_CALL ||
	       d->at == TRACED_AT_SKIPPED_CALL || d->at == TRACED_AT_FILTER ||
	       d->at == TRACED_AT_SIGNAL;
}

static int64_t set_registers(struct rtask *x, const struct trace_regs *to)
{
	if (!may_set(x))
		return -EIO;
	arch_regs_from_tracer(&x->traced.regs, to);
	x->traced.changed |= TRACED_CHANGED_REGS;
	return 0;
}

static int64_t set_extended(struct rtask *x, const uint8_t *bytes, size_t n)
{
	uint8_t area[ARCH_XSTATE_MAX];
	ssize_t have = may_set(x) ? task_get_xstate(&x->t, area, sizeof(area)) : -1;

	if (have < 0 || (size_t)have < n)
		return -EIO;
	memcpy(area, bytes, n);
	if (n == ARCH_FP_SIZE)
		arch_xstate_use_fp(area);
	if (task_set_xstate(&x->t, area, (size_t)have))
		return -EINVAL;
	x->traced.changed |= TRACED_CHANGED_XSTATE;
	return 0;
}

/* Sets a register set from n bytes of the tracer's memory. */
static int64_t set_regset(struct call *c, struct rtask *x, uint64_t set, uint64_t at, size_t n)
{
	const enum arch_regset which = arch_regset(set);
	uint8_t bytes[ARCH_XSTATE_MAX];

	if (n > sizeof(bytes) || (which == ARCH_REGSET_GENERAL && n > sizeof(struct trace_regs)) ||
	    n % 8)
		return -EINVAL;
	if (which == ARCH_REGSET_GENERAL)
		memcpy(bytes, &x->traced.regs, sizeof(struct trace_regs));
	if (task_read_all(c->t, at, bytes, n))
		return -EFAULT;
	switch (which) {
	case ARCH_REGSET_GENERAL: return set_registers(x, (const void *)bytes);
	case ARCH_REGSET_FP: return n == ARCH_FP_SIZE ? set_extended(x, bytes, n) : -EINVAL;
	case ARCH_REGSET_EXTENDED: return n > ARCH_FP_SIZE ? set_extended(x, bytes, n) : -EINVAL;
	default: return -EINVAL;
	}
}

static int64_t set_regset_vector(struct call *c, struct rtask *x)
{
	struct iovec v;

	if (task_read_all(c->t, c->args[3], &v, sizeof(v)))
		return -EFAULT;
	return set_regset(c, x, c->args[2], (uint64_t)v.iov_base, v.iov_len);
}

/* Gives the debug registers to the CPU. A task that is not stopped gets them before it is resumed:
 * debug_due. */
static int64_t set_watches(struct recorder *r, struct rtask *x)
{
	uint64_t dr[TRACE_DEBUG_REGS];

	/* Counters that step, or stop by a breakpoint, have the debug registers for themselves. */
	if (r->counter == RECORD_STEP || r->counter == RECORD_HPC)
		return -EINVAL;
	arch_debug_pack(x->traced.debug, dr);
	errno = 0;
	if (kernel_debug_registers_set(&x->t, dr) && errno != ESRCH)
		return -EINVAL;
	x->traced.debug_due = errno == ESRCH;
	kernel_put(&r->rec, &(struct trace_data){.kind = DATA_DEBUG,
						 .tid = x->t.tid,
						 .len = sizeof(dr),
						 .bytes = (const uint8_t *)dr});
	return 0;
}

/* ptrace_set_debugreg() in arch/x86/kernel/ptrace.c */
static int64_t set_debug(struct recorder *r, struct rtask *x, unsigned reg, uint64_t value)
{
	uint64_t *to = &x->traced.debug[reg];
	const uint64_t before = *to;
	bool status = arch_debug_is_status(reg);

	if (!arch_debug_settable(reg))
		return -EIO;
	*to = status ? arch_debug_status(value) : value;
	if (status || (!x->t.debugged && !arch_debug_enables(reg, value)))
		return 0;
	int64_t rc = set_watches(r, x);
	if (rc) {
		*to = before;
		if (x->t.debugged)
			set_watches(r, x);
	}
	return rc;
}

static int64_t set_word_of_user(struct recorder *r, struct rtask *x, uint64_t at, uint64_t word)
{
	struct trace_regs g = x->traced.regs;
	int reg = arch_user_reg(at), debug = arch_user_debug(at);

	if (reg >= 0) {
		g.r[reg] = word;
		return set_registers(x, &g);
	}
	return debug >= 0 ? set_debug(r, x, (unsigned)debug, word) : -EIO;
}

/* Writes into the traced task's memory, where a replay does it too: so only at its last event. */
static int64_t poke(struct call *c, struct rtask *x, uint64_t at, uint64_t word)
{
	if (x->traced.at == TRACED_ANYWHERE || x->traced.at == TRACED_AT_SIGNAL_INEXACT ||
	    task_write(&x->t, at, &word, sizeof(word)))
		return -EIO;
	kernel_original_written(c->rec, &x->t, at, sizeof(word));
	return 0;
}

static int64_t set_siginfo(struct call *c, struct rtask *x)
{
	if (!traced_at_signal(&x->traced))
		return -EINVAL;
	return task_read_all(c->t, c->args[3], &x->traced.info, sizeof(x->traced.info)) ? -EFAULT
											: 0;
}

static int64_t set_mask(struct call *c, struct rtask *x)
{
	uint64_t mask;

	if (c->args[2] != sizeof(mask))
		return -EINVAL;
	if (task_read_all(c->t, c->args[3], &mask, sizeof(mask)))
		return -EFAULT;
	mask &= ~(1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1));
	if (x->deferred)
		x->mask = mask;
	else if (ptrace(PTRACE_SETSIGMASK, x->t.tid, sizeof(mask), &mask))
		return -EIO;
	return 0;
}

/* --- halting and letting go --- */

#define OPTIONS \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
	 PTRACE_O_TRACEEXEC | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT | \
	 PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)

static int64_t set_options(struct rtask *x, uint64_t options)
{
	if (options & ~(uint64_t)OPTIONS)
		return -EINVAL;
	x->traced.options = (uint32_t)options;
	return 0;
}

static pid_t parent(const struct rtask *x)
{
	return (pid_t)proc_stat_field(x->tgid, 4);
}

static int64_t attach(struct recorder *r, struct rtask *by, struct rtask *x, bool seize,
		      uint64_t options)
{
	if (!may_attach(by, x))
		return -EPERM;
	if (seize && options & ~(uint64_t)OPTIONS)
		return -EIO;
	x->traced = (struct traced){.by = by->tgid,
				    .seized = seize,
				    .child = parent(x) == by->tgid,
				    .options = seize ? (uint32_t)options : 0,
				    .interrupted = x->group_sig && x->sched != SCHED_STOPPED};
	if (x->sched == SCHED_STOPPED)
		emulated_stop_listening(r, x);
	if (!seize)
		emulated_send(x, &(siginfo_t){.si_signo = SIGSTOP, .si_code = SI_KERNEL});
	return 0;
}

static int64_t be_traced(struct recorder *r, struct rtask *x)
{
	pid_t by = parent(x);

	if (x->traced.by || !recorder_find(r, by))
		return -EPERM;
	x->traced = (struct traced){.by = by, .child = true};
	return 0;
}

static int64_t interrupt(struct recorder *r, struct rtask *x)
{
	if (!x->traced.seized)
		return -EIO;
	x->traced.interrupted = true;
	if (x->traced.state == TRACED_LISTENING && x->sched == SCHED_STOPPED)
		emulated_stop_listening(r, x);
	else if (x->sched == SCHED_BLOCKED)
		emulated_interrupt(x);
	return 0;
}

static int64_t go_on(struct recorder *r, struct rtask *x, uint64_t how, uint64_t sig)
{
	if (sig > 64)
		return -EIO;
	if (how == PTRACE_DETACH) {
		emulated_detach(r, x, (int)sig);
		return 0;
	}
	x->traced.skips_calls = how == PTRACE_SYSEMU || how == PTRACE_SYSEMU_SINGLESTEP;
	x->traced.resume = how == PTRACE_SYSCALL ? TRACED_CALLS
			   : how == PTRACE_SINGLESTEP || how == PTRACE_SYSEMU_SINGLESTEP
				   ? TRACED_STEP
				   : TRACED_CONT;
	emulated_stop_end(x, (int)sig);
	return 0;
}

/* It stays in group-stop with its process. */
static int64_t listen(struct recorder *r, struct rtask *x)
{
	if (!x->traced.seized || !x->traced.in_group_stop)
		return -EIO;
	x->traced.state = TRACED_LISTENING;
	emulated_resume(r, x);
	emulated_listen(x);
	return 0;
}

static int64_t stopped_request(struct recorder *r, struct call *c, struct rtask *x)
{
	switch (c->args[0]) {
	case PTRACE_CONT:
	case PTRACE_SYSCALL:
	case PTRACE_SYSEMU:
	case PTRACE_SYSEMU_SINGLESTEP:
	case PTRACE_SINGLESTEP:
	case PTRACE_DETACH: return go_on(r, x, c->args[0], c->args[3]);
	case PTRACE_LISTEN: return listen(r, x);
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA: return put_word(c, x);
	case PTRACE_PEEKUSER: return put_word_of_user(c, x);
	case PTRACE_GETREGS: return put_registers(c, x, NT_PRSTATUS);
	case PTRACE_GETFPREGS: return put_registers(c, x, NT_PRFPREG);
	case PTRACE_GETREGSET: return put_regset(c, x);
	case PTRACE_GETSIGINFO: return put_siginfo(c, x);
	case PTRACE_PEEKSIGINFO: return put_pending(c, x);
	case PTRACE_GETEVENTMSG: return put_message(c, x);
	case PTRACE_GET_SYSCALL_INFO: return put_call(c, x);
	case PTRACE_GETSIGMASK: return put_mask(c, x);
	case PTRACE_POKETEXT:
	case PTRACE_POKEDATA: return poke(c, x, c->args[2], c->args[3]);
	case PTRACE_POKEUSER: return set_word_of_user(r, x, c->args[2], c->args[3]);
	case PTRACE_SETREGS:
		return set_regset(c, x, NT_PRSTATUS, c->args[3], sizeof(struct trace_regs));
	case PTRACE_SETFPREGS: return set_regset(c, x, NT_PRFPREG, c->args[3], ARCH_FP_SIZE);
	case PTRACE_SETREGSET: return set_regset_vector(c, x);
	case PTRACE_SETSIGINFO: return set_siginfo(c, x);
	case PTRACE_SETSIGMASK: return set_mask(c, x);
	case PTRACE_SETOPTIONS: return set_options(x, c->args[3]);
	default: return -EIO;
	}
}

static int64_t request(struct recorder *r, struct call *c, struct rtask *by, struct rtask *x)
{
	uint64_t what = c->args[0];

	if (what == PTRACE_ATTACH || what == PTRACE_SEIZE)
		return x->state >= RTASK_EXITING
			       ? -ESRCH
			       : attach(r, by, x, what == PTRACE_SEIZE, c->args[3]);
	if (x->traced.by != by->tgid)
		return -ESRCH;
	if (what == PTRACE_INTERRUPT)
		return interrupt(r, x);
	if (what == PTRACE_KILL)
		return syscall(SYS_tgkill, x->tgid, x->t.tid, SIGKILL) ? -errno : 0;
	return traced_is_stopped(&x->traced) ? stopped_request(r, c, x) : -ESRCH;
}

void emulated_request(struct recording *rec, struct call *c)
{
	struct recorder *r = (struct recorder *)rec;
	struct rtask *x = recorder_find(r, (pid_t)c->args[1]), *by = (struct rtask *)c->t;

	if (c->args[0] == PTRACE_TRACEME)
		c->result = be_traced(r, by);
	else
		c->result = x && x->state != RTASK_GONE ? request(r, c, by, x) : -ESRCH;
}
