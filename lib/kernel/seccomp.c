/* Seccomp filters of the recorded program. Recording.
 *
 * The recorder runs them itself, at a call's syscall-entry-stop, and knows the verdict before it
 * changes, answers or refuses the call. So they see every call of the program's with its own number
 * and arguments, and none of the calls that the recorder makes in the task's name or that counted
 * code makes to stop.
 *
 * The kernel carries out the verdicts that the recorder can't: it raises SIGSYS, ends a thread, or
 * waits for a supervisor. For this it has, in the place of each of the program's filters, a filter
 * whose verdict depends on the program counter alone. The recorder sets that to one of the
 * addresses below, where no code is, for the time of the call. Thus the kernel also decides who may
 * install a filter, counts filters, and makes the descriptor of a supervisor.
 *
 * A supervisor that lets a call be made (SECCOMP_USER_NOTIF_FLAG_CONTINUE) gives the result
 * CONTINUED instead, as its reply is changed. Then the task makes the call again, which nobody
 * filters.
 *
 * A replay needs nothing of this: in the trace there are only results, signals and ends.
 */
#include "instrument/image.h"
#include "kernel/bpf.h"
#include "kernel/handler.h"
#include "tracee/procfs.h"
#include "util/alloc.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* One filter of a task's; those before it follow. A task that makes another shares them with it. */
struct seccomp_filter {
	int refs;
	struct seccomp_filter *prev;
	bool listener;       /* it has a supervisor, whose descriptor may be closed already */
	unsigned nlisteners; /* filters with a supervisor among it and those before */
	/* of the kernel's instructions, in it and those before: MAX_INSNS_PER_PATH in
	 * kernel/seccomp.c is the most */
	unsigned converted;
	unsigned n;
	struct sock_filter insns[];
};

#define CONVERTED_MAX ((1u << 18) / sizeof(struct sock_filter))
#define CONVERTED_FOR_EACH 4

/* What the program counter is while the kernel carries out a verdict. */
#define KILL_PROCESS_AT (AGENT_DATA + 8)
#define KILL_THREAD_AT (AGENT_DATA + 16)
#define TRAP_AT (AGENT_DATA + 24)
/* For a supervisor: plus the task's id, which says whose program counter its notification should
 * have; in the scratch memory, a piece of addresses for each of some filters. */
#define NOTIFY_BITS 22 /* PID_MAX_LIMIT in linux/threads.h */
#define NOTIFY_LEN (1ul << NOTIFY_BITS)
#define NOTIFY_PIECES (SCRATCH_SLOTS * SCRATCH_SIZE / NOTIFY_LEN)

/* What a supervisor gives as a result where it should say that the call is to be made. */
#define CONTINUED 0x3fd3ab5ca1e25cc5

static uint64_t notify_at(const struct seccomp_filter *f)
{
	return SCRATCH_ADDR + f->nlisteners % NOTIFY_PIECES * NOTIFY_LEN;
}

/* --- verdicts */

/* What mode 1 allows: mode1_syscalls in kernel/seccomp.c. */
static bool is_strictly_allowed(const struct seccomp_data *call)
{
	return call->arch == ARCH_AUDIT && (call->nr == SYS_read || call->nr == SYS_write ||
					    call->nr == SYS_exit || call->nr == SYS_rt_sigreturn);
}

/* The verdict that counts, and the filter that has given it: of the most restrictive ones, the one
 * that was asked first. */
static uint32_t ask_filters(const struct task *t, const struct seccomp_data *call,
			    const struct seccomp_filter **by)
{
	uint32_t verdict = SECCOMP_RET_ALLOW;

	for (const struct seccomp_filter *f = t->filters; f; f = f->prev) {
		uint32_t v = bpf_run(f->insns, call);
		if ((int32_t)(v & SECCOMP_RET_ACTION_FULL) <
		    (int32_t)(verdict & SECCOMP_RET_ACTION_FULL)) {
			verdict = v;
			*by = f;
		}
	}
	return verdict;
}

static struct filtered outcome(struct task *t, uint32_t verdict, const struct seccomp_filter *by)
{
	const uint32_t data = verdict & SECCOMP_RET_DATA;

	switch (verdict & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG: return (struct filtered){.how = FILTERED_NOT};
	case SECCOMP_RET_TRACE: return (struct filtered){.how = FILTERED_TRACED, .data = data};
	case SECCOMP_RET_ERRNO:
		return (struct filtered){.how = FILTERED_ANSWERED,
					 .result = -(int64_t)(data < 4095 ? data : 4095)};
	case SECCOMP_RET_USER_NOTIF:
		if (!by->listener)
			return (struct filtered){.how = FILTERED_ANSWERED, .result = -ENOSYS};
		return (struct filtered){.how = FILTERED_NOTIFIED,
					 .at = notify_at(by) + (uint64_t)t->tid};
	case SECCOMP_RET_TRAP:
		return (struct filtered){.how = FILTERED_TRAPPED, .data = data, .at = TRAP_AT};
	case SECCOMP_RET_KILL_THREAD:
		return (struct filtered){.how = FILTERED_KILLED, .at = KILL_THREAD_AT};
	default: return (struct filtered){.how = FILTERED_KILLED, .at = KILL_PROCESS_AT};
	}
}

struct filtered kernel_filter(struct task *t)
{
	const struct trace_regs *g = &t->regs;
	const struct seccomp_filter *by = NULL;
	struct seccomp_data call = {
		.nr = (int32_t)ARCH_SYSNO(g),
		.arch = arch_call_audit(g),
		.instruction_pointer = code_origin(code_of(t->mm), ARCH_PC(g)),
	};
	uint64_t args[6];

	if (!t->strict && !t->filters)
		return (struct filtered){.how = FILTERED_NOT};
	arch_call_args(g, args);
	memcpy(call.args, args, sizeof(args));
	t->filtered_pc = call.instruction_pointer;
	if (t->strict)
		return is_strictly_allowed(&call) ? (struct filtered){.how = FILTERED_NOT}
						  : (struct filtered){.how = FILTERED_KILLED};
	uint32_t verdict = ask_filters(t, &call, &by);
	return outcome(t, verdict, by);
}

/* --- installing */

static struct seccomp_filter *filter_get(struct seccomp_filter *f)
{
	if (f)
		f->refs++;
	return f;
}

static void filter_put(struct seccomp_filter *f)
{
	while (f && !--f->refs) {
		struct seccomp_filter *prev = f->prev;
		free(f);
		f = prev;
	}
}

void kernel_filters_copy(struct task *to, const struct task *from)
{
	struct seccomp_filter *old = to->filters;

	to->filters = filter_get(from->filters);
	to->strict = from->strict;
	to->no_new_privs |= from->no_new_privs;
	filter_put(old);
}

void kernel_filters_release(struct task *t)
{
	filter_put(t->filters);
	filter_put(t->installing);
	t->filters = t->installing = NULL;
}

/* The program that the task gives the kernel at addr, checked; NULL: the kernel refuses it. */
static struct seccomp_filter *read_filter(struct task *t, uint64_t addr)
{
	struct sock_fprog program;

	if (task_read_all(t, addr, &program, sizeof(program)) || !program.len ||
	    program.len > BPF_MAXINSNS)
		return NULL;
	size_t size = program.len * sizeof(struct sock_filter);
	struct seccomp_filter *f = xcalloc(1, sizeof(*f) + size);
	f->refs = 1;
	f->n = program.len;
	if (!task_read_all(t, (uint64_t)program.filter, f->insns, size) &&
	    bpf_check(f->insns, f->n))
		return f;
	free(f);
	return NULL;
}

#define LOAD_PC(half) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, instruction_pointer) + 4 * (half))
#define IF(how, k) BPF_JUMP(BPF_JMP | (how) | BPF_K, (uint32_t)(k), 0, 1)
#define VERDICT(v) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_##v)

/* Where these are below. */
enum { OF_PROGRAM = 3, OF_SUPERVISOR = 13, SUBSTITUTE_LEN = 17 };

/* Writes what the kernel is given in the place of f to the agent's memory. Its address; 0: the task
 * is gone.
 *
 * The old calls in the kernel's own page cause no stop. For these the kernel runs the program's
 * filter, which follows the substitute if there is room. */
static uint64_t put_substitute(struct task *t, const struct seccomp_filter *f)
{
	const uint64_t notify = notify_at(f), notify_end = notify + NOTIFY_LEN;
	const struct sock_filter insns[SUBSTITUTE_LEN] = {
		LOAD_PC(1),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)(ARCH_USER_END >> 32), 0, 2),
		BPF_STMT(BPF_LD | BPF_IMM, 0),
		[OF_PROGRAM] = BPF_STMT(BPF_JMP | BPF_JA, SUBSTITUTE_LEN - OF_PROGRAM - 1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(AGENT_ADDR >> 32), 1, 0),
		VERDICT(ALLOW),
		LOAD_PC(0),
		IF(BPF_JEQ, KILL_PROCESS_AT),
		VERDICT(KILL_PROCESS),
		IF(BPF_JEQ, KILL_THREAD_AT),
		VERDICT(KILL_THREAD),
		IF(BPF_JEQ, TRAP_AT),
		VERDICT(TRAP),
		[OF_SUPERVISOR] = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)notify, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)notify_end, 1, 0),
		VERDICT(USER_NOTIF),
		VERDICT(ALLOW),
	};
	struct {
		struct sock_fprog program;
		struct sock_filter
			insns[(PAGE - sizeof(struct sock_fprog)) / sizeof(struct sock_filter)];
	} s = {.program = {.len = SUBSTITUTE_LEN}};

	s.program.filter = (struct sock_filter *)(AGENT_DATA + offsetof(__typeof__(s), insns));
	memcpy(s.insns, insns, sizeof(insns));
	if (!f->listener)
		s.insns[OF_SUPERVISOR] = (struct sock_filter)VERDICT(ALLOW);
	if (f->n <= ARRAY_LEN(s.insns) - SUBSTITUTE_LEN) {
		memcpy(s.insns + SUBSTITUTE_LEN, f->insns, f->n * sizeof(*f->insns));
		s.program.len = (unsigned short)(SUBSTITUTE_LEN + f->n);
	} else {
		s.insns[OF_PROGRAM] = (struct sock_filter)VERDICT(ALLOW);
	}
	size_t size = offsetof(__typeof__(s), insns) + s.program.len * sizeof(*s.insns);
	return task_write(t, AGENT_DATA, &s, size) ? 0 : AGENT_DATA;
}

/* The kernel's answer, had the task not given up new privileges without knowing it. */
static bool may_install(const struct call *c)
{
	return !c->rec->own->gave_up_privileges || c->t->no_new_privs ||
	       proc_status_mask(c->t->tid, "CapEff") >> CAP_SYS_ADMIN & 1;
}

/* The call installs the filter that its argument i points to. What is wrong with it, the kernel
 * says. */
static void install(struct call *c, int i, uint64_t flags)
{
	struct task *t = c->t;
	struct seccomp_filter *f = read_filter(t, c->args[i]);

	if (!may_install(c)) {
		c->verdict = CALL_REFUSE;
		c->result = -EACCES;
		free(f);
		return;
	}
	if (!f)
		return;
	filter_put(t->installing);
	t->installing = f;
	f->prev = filter_get(t->filters);
	f->listener = flags & SECCOMP_FILTER_FLAG_NEW_LISTENER;
	f->nlisteners = (f->prev ? f->prev->nlisteners : 0) + f->listener;
	f->converted = bpf_converted_len(f->insns, f->n) +
		       (f->prev ? f->prev->converted + CONVERTED_FOR_EACH : 0);
	if (f->converted > CONVERTED_MAX) {
		c->verdict = CALL_REFUSE;
		c->result = -ENOMEM;
		return;
	}
	uint64_t at = put_substitute(t, f);
	if (at)
		kernel_call_set_arg(c, i, at);
}

static void installed(struct call *c, bool success)
{
	struct task *t = c->t;
	struct seccomp_filter *f = t->installing;

	t->installing = NULL;
	if (!success) {
		filter_put(f);
		return;
	}
	if (!f)
		c->rec->warn(c->rec, "a seccomp filter",
			     "is not understood: it also applies to calls of the recorder");
	filter_put(t->filters);
	t->filters = f;
}

/* Mode 1. The kernel is told when it has to end the task: before, the recorder needs other calls.
 */
static void set_strict(struct call *c)
{
	c->verdict = CALL_REFUSE;
	c->result = kernel_seccomp_mode(c->rec, c->t) ? -EINVAL : 0;
	if (!c->result) {
		c->t->strict = true;
		c->t->clock_faults = true; /* seccomp_set_mode_strict() in kernel/seccomp.c */
	}
}

void kernel_seccomp_prctl_enter(struct call *c)
{
	if (c->args[1] == SECCOMP_MODE_STRICT)
		set_strict(c);
	else if (c->args[1] == SECCOMP_MODE_FILTER)
		install(c, 2, 0);
}

void kernel_seccomp_prctl_exit(struct call *c)
{
	if (c->args[1] == SECCOMP_MODE_FILTER)
		installed(c, c->result == 0);
}

/* --- the filter of the recorder's own: hidden */

void kernel_filter_hide(struct recording *rec, struct task *t)
{
	rec->own->seccomp_mode = prctl(PR_GET_SECCOMP);
	t->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
	rec->own->gave_up_privileges = !t->no_new_privs && proc_status_mask(t->tid, "NoNewPrivs");
}

int kernel_seccomp_mode(const struct recording *rec, const struct task *t)
{
	if (t->strict)
		return SECCOMP_MODE_STRICT;
	return t->filters ? SECCOMP_MODE_FILTER : rec->own->seccomp_mode;
}

bool kernel_no_new_privs(const struct recording *rec, const struct task *t)
{
	return rec->own->gave_up_privileges ? t->no_new_privs
					    : proc_status_mask(t->tid, "NoNewPrivs");
}

static void enter_seccomp(struct call *c)
{
	const uint32_t operation = (uint32_t)c->args[0], flags = (uint32_t)c->args[1];

	if (operation == SECCOMP_SET_MODE_STRICT && !flags && !c->args[2])
		set_strict(c);
	else if (operation == SECCOMP_SET_MODE_FILTER)
		install(c, 2, flags);
}

/* The result is a descriptor with NEW_LISTENER; with TSYNC alone, perhaps the thread because of
 * which nothing was installed. */
static bool has_installed(const struct call *c)
{
	return c->result == 0 || (c->result > 0 && c->args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

static void exit_seccomp(struct call *c)
{
	if ((uint32_t)c->args[0] == SECCOMP_SET_MODE_FILTER)
		installed(c, has_installed(c));
}

SYSCALL_HANDLER(seccomp, .enter = enter_seccomp, .exit = exit_seccomp);

bool kernel_filters_for_all_threads(const struct call *c)
{
	return c->nr == SYS_seccomp && (uint32_t)c->args[0] == SECCOMP_SET_MODE_FILTER &&
	       c->args[1] & SECCOMP_FILTER_FLAG_TSYNC && has_installed(c);
}

/* --- supervisors */

bool kernel_filter_continued(const struct call *c)
{
	return c->filtered.how == FILTERED_NOTIFIED && c->result == CONTINUED;
}

void kernel_notify_reply_enter(struct call *c)
{
	struct seccomp_notif_resp reply;

	if (KERNEL_CALL_READ(c, c->args[2], &reply) || reply.error || reply.val ||
	    reply.flags != SECCOMP_USER_NOTIF_FLAG_CONTINUE)
		return;
	reply.flags = 0;
	reply.val = CONTINUED;
	if (!task_write(c->t, AGENT_DATA, &reply, sizeof(reply)))
		kernel_call_set_arg(c, 2, AGENT_DATA);
}

void kernel_notify_received_exit(struct call *c)
{
	const uint64_t at = c->args[2] + offsetof(struct seccomp_notif, data.instruction_pointer);
	uint64_t pc;

	if (c->result < 0 || KERNEL_CALL_READ(c, at, &pc) || pc < SCRATCH_ADDR || pc >= SCRATCH_END)
		return;
	struct task *of = c->rec->find(c->rec, (pid_t)((pc - SCRATCH_ADDR) % NOTIFY_LEN));
	if (of)
		task_gone_ok(task_write(c->t, at, &of->filtered_pc, sizeof(of->filtered_pc)));
}
