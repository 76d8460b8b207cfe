#include "counter/step.h"

#include "arch/x86_64/regs.h"
#include "tracee/waitstatus.h"

#include <Zydis/Zydis.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>

#define INSN_MAX 15

struct edge {
	bool counts; /* when it is taken */
	bool always; /* and it always is */
	uint64_t target;
};

struct decoded {
	bool call, nondet;
	bool pushes_flags, pops_flags;
	unsigned len;
	struct arch_nondet c;
	struct edge edge;
};

static const struct {
	ZydisMnemonic mnemonic;
	unsigned kind;
} nondets[] = {
	{ZYDIS_MNEMONIC_RDTSC, NONDET_RDTSC},   {ZYDIS_MNEMONIC_RDTSCP, NONDET_RDTSCP},
	{ZYDIS_MNEMONIC_CPUID, NONDET_CPUID},   {ZYDIS_MNEMONIC_RDRAND, NONDET_RDRAND},
	{ZYDIS_MNEMONIC_RDSEED, NONDET_RDSEED}, {ZYDIS_MNEMONIC_RDPID, NONDET_RDPID},
	{ZYDIS_MNEMONIC_XGETBV, NONDET_XGETBV},
};

static void find_nondet(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *ops,
			struct decoded *d)
{
	for (size_t k = 0; k < sizeof(nondets) / sizeof(*nondets); k++) {
		if (nondets[k].mnemonic != i->mnemonic)
			continue;
		d->nondet = true;
		d->c = (struct arch_nondet){.kind = nondets[k].kind, .len = i->length};
		if (i->operand_count_visible && ops[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
			d->c.reg = (unsigned)ZydisRegisterGetId(ops[0].reg.value);
			d->c.size = ops[0].size / 8;
		}
	}
}

static void find_edge(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *ops, uint64_t pc,
		      struct decoded *d)
{
	bool jump = i->meta.category == ZYDIS_CATEGORY_COND_BR ||
		    i->meta.category == ZYDIS_CATEGORY_UNCOND_BR;
	bool call = i->meta.category == ZYDIS_CATEGORY_CALL;

	if (!jump && !call)
		return;
	if (ops[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && ops[0].imm.is_relative) {
		d->edge.target = pc + i->length + (uint64_t)ops[0].imm.value.s;
		d->edge.counts = d->edge.target <= pc;
		d->edge.always = call;
	} else if (jump && i->meta.branch_type != ZYDIS_BRANCH_TYPE_FAR) {
		d->edge.counts = d->edge.always = true;
	}
}

static void decode(struct task *t, struct decoded *d)
{
	uint8_t bytes[INSN_MAX];
	uint64_t pc = ARCH_PC(&t->regs);
	ZydisDecoder decoder;
	ZydisDecodedInstruction i;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	ssize_t n = task_read(t, pc, bytes, sizeof(bytes));

	memset(d, 0, sizeof(*d));
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (n <= 0 || ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, bytes, (ZyanUSize)n, &i, ops)))
		return;
	d->call = i.mnemonic == ZYDIS_MNEMONIC_SYSCALL || i.mnemonic == ZYDIS_MNEMONIC_SYSENTER ||
		  (i.mnemonic == ZYDIS_MNEMONIC_INT && ops[0].imm.value.u == 0x80);
	d->pushes_flags = i.mnemonic == ZYDIS_MNEMONIC_PUSHF || i.mnemonic == ZYDIS_MNEMONIC_PUSHFQ;
	d->pops_flags = i.mnemonic == ZYDIS_MNEMONIC_POPFQ;
	d->len = i.length;
	find_nondet(&i, ops, d);
	find_edge(&i, ops, pc, d);
}

/* The program is not to see that it is stepped. */
static void hide_trap_flag(struct task *t)
{
	uint8_t flags;

	if (task_read_all(t, ARCH_SP(&t->regs) + 1, &flags, 1))
		return;
	flags &= (uint8_t) ~(FLAG_TRAP >> 8);
	task_write(t, ARCH_SP(&t->regs) + 1, &flags, 1);
}

/* What POPF changes at privilege 3: Intel SDM vol. 2, POPF. Not the trap flag. */
#define FLAGS_POPPED 0x244cd5u

/* Stepped over POPF, the kernel takes the trap flag for the program's own from then on
 * (enable_single_step() in arch/x86/kernel/step.c), and shows it: so it is done here. False: the
 * program sets it, or there is nothing to pop. */
static bool pop_flags(struct task *t, unsigned len)
{
	uint64_t v, *flags = &t->regs.r[R_EFLAGS];

	if (task_read_all(t, ARCH_SP(&t->regs), &v, sizeof(v)) || (v & FLAG_TRAP))
		return false;
	*flags = (*flags & ~(uint64_t)FLAGS_POPPED) | (v & FLAGS_POPPED);
	ARCH_SP(&t->regs) += sizeof(v);
	ARCH_PC(&t->regs) += len;
	return !task_set_regs(t);
}

static bool is_trap(struct task *t, int status)
{
	siginfo_t si;

	return wait_signal(status) == SIGTRAP && !task_siginfo(t, &si) && si.si_code == TRAP_TRACE;
}

/* The kernel may tell of an event first, with the trap of the instruction that was stepped over
 * still to come. */
static void note_late_trap(struct task *t, int status)
{
	t->trap_due = wait_event(status) && proc_status_mask(t->tid, "SigPnd") >> (SIGTRAP - 1) & 1;
}

enum step_result step_over(struct task *t, int request, int sig, int *status)
{
	if (task_resume(t, request, sig) || task_wait(t, status))
		return STEP_GONE;
	note_late_trap(t, *status);
	if (t->debugged && wait_is_stop(*status))
		t->struck |= task_struck(t);
	if (!wait_is_stop(*status) || task_get_regs(t))
		return STEP_STOPPED;
	return is_trap(t, *status) ? STEP_DONE : STEP_STOPPED;
}

/* The kernel takes the task back to the call before it runs on: signal(7). */
static bool is_interrupted_call(const struct trace_regs *g)
{
	return arch_is_restart((int64_t)ARCH_RESULT(g)) && (int64_t)ARCH_SYSNO(g) >= 0;
}

enum step_result step_once(struct task *t, int request, int sig, uint64_t *edge,
			   struct arch_nondet *c, int *status)
{
	struct decoded d;

	*edge = 0;
	if (t->trap_due)
		return step_over(t, request, sig, status);
	decode(t, &d);
	if ((d.call && !sig) || is_interrupted_call(&t->regs))
		return STEP_CALL;
	if (d.nondet && !sig && !task_clock_faults(t, &d.c)) {
		*c = d.c;
		return STEP_NONDET;
	}
	if (d.pops_flags && !sig && pop_flags(t, d.len))
		return STEP_DONE;
	struct trace_regs before = t->regs;
	enum step_result s = step_over(t, request, sig, status);
	if (s == STEP_GONE)
		return s;
	bool done = s == STEP_DONE, stopped = wait_is_stop(*status);
	bool moved = ARCH_PC(&t->regs) != ARCH_PC(&before);
	if (done || (t->trap_due && (moved || d.edge.target == ARCH_PC(&before))))
		*edge = d.edge.counts && (d.edge.always || ARCH_PC(&t->regs) == d.edge.target)
				? ARCH_PC(&before)
				: 0;
	if (stopped && d.pushes_flags && moved && !(before.r[R_EFLAGS] & FLAG_TRAP))
		hide_trap_flag(t);
	return s;
}
