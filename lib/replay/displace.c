#include "replay/displace.h"

#include "arch/x86_64/regs.h"
#include "counter/page.h"
#include "util/util.h"

#include <Zydis/Zydis.h>
#include <string.h>

/* Behind the agent's own code, a slot each. */
#define SLOTS_ADDR (AGENT_ADDR + 0x100)
#define SLOT_SIZE 64u
#define SLOTS ((AGENT_DATA - SLOTS_ADDR) / SLOT_SIZE)
#define NO_SLOT UINT16_MAX

/* A slot holds the instruction and a jump to what comes behind it. One that addresses memory from
 * where it stands borrows a register for that, which lies in the counter page meanwhile: */
#define SAVE_LEN 8  /* mov %reg, COUNTER_RAX */
#define LOAD_LEN 10 /* movabs $address, %reg */
#define BACK_LEN 8  /* mov COUNTER_RAX, %reg */

/* jmp *0(%rip), and the address. */
static const uint8_t jump[] = {0xff, 0x25, 0, 0, 0, 0};

struct insn {
	uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
	unsigned len;
	unsigned modrm, disp; /* where they are, when it addresses memory so; else 0 */
	int64_t offset;
	unsigned used; /* a bit for each general register it names */
};

/* Neither looks at where it is, nor goes elsewhere, nor into the kernel, nor touches the trap flag.
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
		    /* what comes behind a load of %ss is not interrupted */
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

static bool decode(struct task *t, uint64_t addr, struct insn *in)
{
	ZydisDecoder d;
	ZydisDecodedInstruction i;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	ssize_t n = task_read(t, addr, in->bytes, sizeof(in->bytes));

	if (n <= 0)
		return false;
	task_hide_planted(t, addr, in->bytes, (size_t)n);
	ZydisDecoderInit(&d, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (ZYAN_FAILED(ZydisDecoderDecodeFull(&d, in->bytes, (ZyanUSize)n, &i, ops)) ||
	    !is_movable(&i, ops))
		return false;
	in->len = i.length;
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
		    !t->mm->counted)
			return false;
		in->modrm = i.raw.modrm.offset;
		in->disp = i.raw.disp.offset;
		in->offset = i.raw.disp.value;
	}
	return true;
}

/* With mod 0, 4 and 5 are no registers; 3 is the last below. */
static int borrowed(const struct insn *in)
{
	for (int r = 0; r < 4; r++)
		if (!(in->used >> r & 1))
			return r;
	return -1;
}

static void put_page(uint8_t *code, uint8_t op, int reg)
{
	const uint8_t insn[SAVE_LEN] = {0x48,
					op,
					(uint8_t)(0x04 | reg << 3),
					0x25,
					COUNTER_RAX & 0xff,
					COUNTER_RAX >> 8 & 0xff,
					COUNTER_RAX >> 16 & 0xff,
					0};

	memcpy(code, insn, sizeof(insn));
}

/* Returns its length. */
static unsigned put_insn(uint8_t *code, const struct insn *in, uint64_t addr, int reg)
{
	uint64_t at = addr + in->len + (uint64_t)in->offset;
	unsigned n = SAVE_LEN + LOAD_LEN;

	if (!in->modrm) {
		memcpy(code, in->bytes, in->len);
		return in->len;
	}
	put_page(code, 0x89, reg);
	code[SAVE_LEN] = 0x48;
	code[SAVE_LEN + 1] = (uint8_t)(0xb8 | reg);
	memcpy(code + SAVE_LEN + 2, &at, sizeof(at));
	memcpy(code + n, in->bytes, in->disp);
	code[n + in->modrm] = (uint8_t)((in->bytes[in->modrm] & ~7) | reg);
	memcpy(code + n + in->disp, in->bytes + in->disp + 4, in->len - in->disp - 4);
	n += in->len - 4;
	put_page(code + n, 0x8b, reg);
	return n + BACK_LEN;
}

static uint64_t slot_addr(uint16_t slot)
{
	return SLOTS_ADDR + (slot - 1u) * SLOT_SIZE;
}

static uint16_t slot_fill(struct task *t, struct planted *p, uint16_t slot)
{
	uint8_t code[SLOT_SIZE] = {0};
	struct insn in = {0};

	if (slot > SLOTS || !decode(t, p->addr, &in))
		return NO_SLOT;
	int reg = in.modrm ? borrowed(&in) : 0;
	if (reg < 0)
		return NO_SLOT;
	uint64_t next = p->addr + in.len;
	unsigned n = put_insn(code, &in, p->addr, reg);
	memcpy(code + n, jump, sizeof(jump));
	memcpy(code + n + sizeof(jump), &next, sizeof(next));
	p->len = (uint8_t)in.len;
	p->reg = in.modrm ? (uint8_t)(reg + 1) : 0;
	return task_write(t, slot_addr(slot), code, sizeof(code)) ? NO_SLOT : slot;
}

static uint16_t free_slot(const struct task *t)
{
	uint16_t slot = 1;

	for (size_t i = 0; i < t->mm->nplanted; i++)
		if (t->mm->planted[i].slot != NO_SLOT && t->mm->planted[i].slot >= slot)
			slot = (uint16_t)(t->mm->planted[i].slot + 1);
	return slot;
}

uint64_t displace(struct task *t, uint64_t addr)
{
	struct planted *p = task_planted(t, addr);

	if (!p)
		return 0;
	if (!p->slot)
		p->slot = slot_fill(t, p, free_slot(t));
	return p->slot == NO_SLOT ? 0 : slot_addr(p->slot);
}

static void undisplace(struct trace_regs *g, const struct planted *p, uint64_t at, uint64_t saved)
{
	uint64_t off = ARCH_PC(g) - at;
	uint64_t done = p->reg ? SAVE_LEN + LOAD_LEN + p->len - 4u : p->len;

	if (p->reg && off > SAVE_LEN && off <= done)
		g->r[arch_reg_by_number[p->reg - 1]] = saved;
	ARCH_PC(g) = off < done ? p->addr : p->addr + p->len;
}

bool displaced_back(const struct task *t, struct trace_regs *g, uint64_t saved)
{
	if (ARCH_PC(g) < SLOTS_ADDR || ARCH_PC(g) >= AGENT_DATA)
		return false;
	for (size_t i = 0; i < t->mm->nplanted; i++) {
		const struct planted *p = &t->mm->planted[i];
		uint64_t at = p->slot && p->slot != NO_SLOT ? slot_addr(p->slot) : 0;
		if (at && ARCH_PC(g) >= at && ARCH_PC(g) < at + SLOT_SIZE) {
			undisplace(g, p, at, saved);
			return true;
		}
	}
	return false;
}
