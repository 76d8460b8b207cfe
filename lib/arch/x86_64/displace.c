/* Copies of instructions for another place. */
#include "arch/insn.h"
#include "arch/x86_64/regs.h"

#include <Zydis/Zydis.h>
#include <string.h>

/* An instruction that addresses memory relative to itself borrows a register for that address,
 * which is saved in memory meanwhile: */
#define SAVE_LEN 8  /* mov %reg, save */
#define LOAD_LEN 10 /* movabs $address, %reg */
#define BACK_LEN 8  /* mov save, %reg */

/* jmp *0(%rip), and the address. */
static const uint8_t jump[] = {0xff, 0x25, 0, 0, 0, 0};

struct insn {
	uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
	unsigned len;
	unsigned modrm, disp; /* where they are, when it addresses memory so; else 0 */
	int64_t offset;
	unsigned used; /* a bit for each general register it names */
};

_Static_assert(SAVE_LEN + LOAD_LEN + ZYDIS_MAX_INSTRUCTION_LENGTH - 4 + BACK_LEN + sizeof(jump) +
			       8 <=
		       ARCH_DISPLACED_MAX,
	       "a copy has room");

/* It neither depends on where it is, nor jumps, nor enters the kernel, nor touches the trap flag.
 */
static bool is_movable(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *ops)
{
	switch (i->meta.category) {
	case ZYDIS_CATEGORY_BINARY:
	case ZYDIS_CATEGORY_LOGICAL:
	case ZYDIS_CATEGORY_DATAXFER:
	case ZYDIS_CATEGORY_MISC: /* lea */
	case ZYDIS_CATEGORY_NOP:
	case ZYDIS_CATEGORY_WIDENOP:
	case ZYDIS_CATEGORY_CET:
	case ZYDIS_CATEGORY_SHIFT:
	case ZYDIS_CATEGORY_CMOV:
	case ZYDIS_CATEGORY_SETCC:
	case ZYDIS_CATEGORY_PUSH:
	case ZYDIS_CATEGORY_POP: break;
	default: return false;
	}
	if (i->mnemonic == ZYDIS_MNEMONIC_CPUID || i->mnemonic == ZYDIS_MNEMONIC_RDPID ||
	    i->mnemonic == ZYDIS_MNEMONIC_PUSHF || i->mnemonic == ZYDIS_MNEMONIC_PUSHFQ ||
	    i->mnemonic == ZYDIS_MNEMONIC_POPF || i->mnemonic == ZYDIS_MNEMONIC_POPFQ)
		return false;
	for (unsigned k = 0; k < i->operand_count; k++)
		if (ops[k].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		    ops[k].reg.value >= ZYDIS_REGISTER_ES &&
		    /* after a load of %ss the CPU does not interrupt */
		    ops[k].reg.value <= ZYDIS_REGISTER_GS)
			return false;
	return true;
}

static void uses(struct insn *in, ZydisRegister r)
{
	ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, r);

	if (whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15)
		in->used |= 1u << (whole - ZYDIS_REGISTER_RAX);
}

static bool decode(const uint8_t *bytes, size_t n, bool may_save, struct insn *in)
{
	ZydisDecoder d;
	ZydisDecodedInstruction i;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];

	ZydisDecoderInit(&d, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (ZYAN_FAILED(ZydisDecoderDecodeFull(&d, bytes, n, &i, ops)) || !is_movable(&i, ops))
		return false;
	in->len = i.length;
	memcpy(in->bytes, bytes, in->len);
	for (unsigned k = 0; k < i.operand_count; k++) {
		if (ops[k].type == ZYDIS_OPERAND_TYPE_REGISTER)
			uses(in, ops[k].reg.value);
		if (ops[k].type != ZYDIS_OPERAND_TYPE_MEMORY)
			continue;
		uses(in, ops[k].mem.index);
		if (ops[k].mem.base != ZYDIS_REGISTER_RIP) {
			uses(in, ops[k].mem.base);
			continue;
		}
		if (i.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY || i.raw.disp.size != 32 ||
		    !may_save)
			return false;
		in->modrm = i.raw.modrm.offset;
		in->disp = i.raw.disp.offset;
		in->offset = i.raw.disp.value;
	}
	return true;
}

/* A register below 4 that the instruction does not use: with mod 0, rm 4 and 5 are no registers. */
static int borrow(const struct insn *in)
{
	for (int r = 0; r < 4; r++)
		if (!(in->used >> r & 1))
			return r;
	return -1;
}

/* mov between the register and the absolute address. */
static void put_mov(uint8_t *code, uint8_t op, int reg, uint64_t addr)
{
	const uint8_t insn[SAVE_LEN] = {
		0x48,
		op,
		(uint8_t)(0x04 | reg << 3),
		0x25,
		addr & 0xff,
		addr >> 8 & 0xff,
		addr >> 16 & 0xff,
		addr >> 24 & 0xff,
	};

	memcpy(code, insn, sizeof(insn));
}

/* Returns its length. */
static unsigned put_insn(uint8_t *code, const struct insn *in, uint64_t addr, int reg,
			 uint64_t save)
{
	uint64_t at = addr + in->len + (uint64_t)in->offset;
	unsigned n = SAVE_LEN + LOAD_LEN;

	if (!in->modrm) {
		memcpy(code, in->bytes, in->len);
		return in->len;
	}
	put_mov(code, 0x89, reg, save);
	code[SAVE_LEN] = 0x48;
	code[SAVE_LEN + 1] = (uint8_t)(0xb8 | reg);
	memcpy(code + SAVE_LEN + 2, &at, sizeof(at));
	memcpy(code + n, in->bytes, in->disp);
	code[n + in->modrm] = (uint8_t)((in->bytes[in->modrm] & ~7) | reg);
	memcpy(code + n + in->disp, in->bytes + in->disp + 4, in->len - in->disp - 4);
	n += in->len - 4;
	put_mov(code + n, 0x8b, reg, save);
	return n + BACK_LEN;
}

bool arch_displace(const uint8_t *bytes, size_t n, uint64_t addr, uint64_t save,
		   struct arch_displaced *d)
{
	struct insn in = {0};

	if (!decode(bytes, n, save, &in))
		return false;
	int reg = in.modrm ? borrow(&in) : 0;
	if (reg < 0)
		return false;
	const uint64_t next = addr + in.len;
	memset(d, 0, sizeof(*d));
	unsigned end = put_insn(d->code, &in, addr, reg, save);
	memcpy(d->code + end, jump, sizeof(jump));
	memcpy(d->code + end + sizeof(jump), &next, sizeof(next));
	d->len = (uint8_t)in.len;
	d->borrowed = in.modrm ? (uint8_t)(reg + 1) : 0;
	return true;
}

void arch_undisplace(struct trace_regs *g, uint64_t addr, uint64_t at, unsigned len,
		     unsigned borrowed, uint64_t saved)
{
	uint64_t off = ARCH_PC(g) - at;
	uint64_t done = borrowed ? SAVE_LEN + LOAD_LEN + len - 4u : len;

	if (borrowed && off > SAVE_LEN && off <= done)
		g->r[arch_reg_by_number[borrowed - 1]] = saved;
	ARCH_PC(g) = off < done ? addr : addr + len;
}
