#include "arch/insn.h"

#include "arch/x86_64/regs.h"
#include "util/size.h"

#include <Zydis/Zydis.h>
#include <string.h>

static bool decode(const uint8_t *bytes, size_t n, ZydisDecodedInstruction *i,
		   ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT])
{
	ZydisDecoder decoder;

	return ZYAN_SUCCESS(ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64,
					     ZYDIS_STACK_WIDTH_64)) &&
	       ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, n, i, ops));
}

/* --- what it is --- */

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
			struct arch_insn *in)
{
	for (size_t k = 0; k < ARRAY_LEN(nondets); k++) {
		if (nondets[k].mnemonic != i->mnemonic)
			continue;
		in->is_nondet = true;
		in->nondet = (struct arch_nondet){.kind = nondets[k].kind, .len = i->length};
		if (i->operand_count_visible && ops[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
			in->nondet.reg = (unsigned)ZydisRegisterGetId(ops[0].reg.value);
			in->nondet.size = ops[0].size / 8;
		}
	}
}

static void find_edge(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *ops, uint64_t pc,
		      struct arch_insn *in)
{
	bool jump = i->meta.category == ZYDIS_CATEGORY_COND_BR ||
		    i->meta.category == ZYDIS_CATEGORY_UNCOND_BR;
	bool call = i->meta.category == ZYDIS_CATEGORY_CALL;

	if (!jump && !call)
		return;
	if (ops[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && ops[0].imm.is_relative) {
		in->target = pc + i->length + (uint64_t)ops[0].imm.value.s;
		in->counts = in->target <= pc;
		in->always = call;
	} else if (jump && i->meta.branch_type != ZYDIS_BRANCH_TYPE_FAR) {
		in->counts = in->always = true;
	}
}

void arch_insn_decode(const uint8_t *bytes, size_t n, uint64_t pc, struct arch_insn *in)
{
	ZydisDecodedInstruction i;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];

	memset(in, 0, sizeof(*in));
	if (!decode(bytes, n, &i, ops))
		return;
	in->syscall = i.mnemonic == ZYDIS_MNEMONIC_SYSCALL ||
		      i.mnemonic == ZYDIS_MNEMONIC_SYSENTER ||
		      (i.mnemonic == ZYDIS_MNEMONIC_INT && ops[0].imm.value.u == 0x80);
	in->saves_flags = i.mnemonic == ZYDIS_MNEMONIC_PUSHF || i.mnemonic == ZYDIS_MNEMONIC_PUSHFQ;
	in->loads_flags = i.mnemonic == ZYDIS_MNEMONIC_POPFQ;
	in->len = i.length;
	in->repeats = i.address_width == 64 &&
		      (i.attributes &
		       (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE));
	find_nondet(&i, ops, in);
	find_edge(&i, ops, pc, in);
}

/* --- the trap flag --- */

/* What POPF changes at privilege 3: Intel SDM vol. 2, POPF. Not the trap flag. */
#define FLAGS_POPPED 0x244cd5u

/* Stepped over POPF, the kernel takes the trap flag for the program's own from then on
 * (enable_single_step() in arch/x86/kernel/step.c), and shows it. */
bool arch_load_flags(struct trace_regs *g, const struct arch_insn *in,
		     int (*read)(void *, uint64_t, void *, size_t), void *ctx)
{
	uint64_t v, *flags = &g->r[R_EFLAGS];

	if (read(ctx, ARCH_SP(g), &v, sizeof(v)) || (v & FLAG_TRAP))
		return false;
	*flags = (*flags & ~(uint64_t)FLAGS_POPPED) | (v & FLAGS_POPPED);
	ARCH_SP(g) += sizeof(v);
	ARCH_PC(g) += in->len;
	return true;
}

void arch_saved_flags_unstep(const struct trace_regs *g, const struct trace_regs *before,
			     int (*read)(void *, uint64_t, void *, size_t),
			     int (*write)(void *, uint64_t, const void *, size_t), void *ctx)
{
	uint8_t flags;

	if ((before->r[R_EFLAGS] & FLAG_TRAP) || read(ctx, ARCH_SP(g) + 1, &flags, 1))
		return;
	flags &= (uint8_t) ~(FLAG_TRAP >> 8);
	write(ctx, ARCH_SP(g) + 1, &flags, 1);
}

/* --- memory --- */

static bool operand_address(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *op,
			    uint64_t pc, const struct trace_regs *g, uint64_t *addr)
{
	ZydisRegisterContext regs = {0};

	for (int r = 0; r < 16; r++) /* both are in the order of instructions' numbers */
		regs.values[ZYDIS_REGISTER_RAX + r] = g->r[arch_reg_by_number[r]];
	if (ZYAN_FAILED(ZydisCalcAbsoluteAddressEx(i, op, pc, &regs, addr)))
		return false;
	if (op->mem.segment == ZYDIS_REGISTER_FS)
		*addr += g->r[R_FS_BASE];
	else if (op->mem.segment == ZYDIS_REGISTER_GS)
		*addr += g->r[R_GS_BASE];
	return true;
}

bool arch_insn_accesses(const uint8_t *bytes, size_t n, const struct trace_regs *g,
			struct arch_accesses *a)
{
	ZydisDecodedInstruction i;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	uint64_t addr;

	if (!decode(bytes, n, &i, ops))
		return false;
	*a = (struct arch_accesses){.insn_len = i.length, .longest = 1};
	for (unsigned k = 0; k < i.operand_count; k++) {
		if (ops[k].type != ZYDIS_OPERAND_TYPE_MEMORY ||
		    ops[k].mem.type == ZYDIS_MEMOP_TYPE_AGEN)
			continue;
		if (ops[k].size / 8 > a->longest)
			a->longest = ops[k].size / 8;
		bool stack = ops[k].mem.base == ZYDIS_REGISTER_RSP &&
			     ops[k].visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
		/* a push's is below the pointer; a gather has many */
		if (stack || !operand_address(&i, &ops[k], ARCH_PC(g), g, &addr))
			continue;
		a->v[a->n].addr = addr;
		a->v[a->n++].len = ops[k].size / 8;
	}
	return true;
}
_Static_assert(ARCH_ACCESSES_MAX >= ZYDIS_MAX_OPERAND_COUNT, "room for all operands");

uint64_t arch_jump_target(const uint8_t *bytes, size_t n, uint64_t pc, const struct trace_regs *g,
			  int (*read)(void *, uint64_t, void *, size_t), void *ctx)
{
	ZydisDecodedInstruction insn;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	uint64_t addr, target;

	if (!decode(bytes, n, &insn, ops))
		return 0;
	if (ops[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
		int i = ops[0].reg.value - ZYDIS_REGISTER_RAX;
		return i >= 0 && i < 16 ? g->r[arch_reg_by_number[i]] : 0;
	}
	if (ops[0].type != ZYDIS_OPERAND_TYPE_MEMORY ||
	    !operand_address(&insn, &ops[0], pc, g, &addr))
		return 0;
	return read(ctx, addr, &target, sizeof(target)) ? 0 : target;
}
