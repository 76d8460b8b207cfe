/* Patterns of instructions that compilers generate and whose meaning can be guessed safely. */
#include "instrument/x86_64/decode.h"

enum { BACK_MAX = 12, STRIDE = 16, STRIDES_MAX = 256, ENDBR_LEN = 4 };

/* Blocks of code of equal size, a power of two not below STRIDE or a multiple of one, from `base`
 * on: as in memmove. */
static void strides_mark(struct rewrite *rw, const struct func *f, uint32_t base)
{
	for (uint32_t i = 0; i < STRIDES_MAX && base + i * STRIDE < f->end; i++)
		if (bit_get(rw->start, base + i * STRIDE))
			label_mark(rw, base + i * STRIDE);
}

/* shl $n, reg: an index becomes a distance of 2^n. */
static bool shifts_far(const struct insn_full *full)
{
	return full->d.mnemonic == ZYDIS_MNEMONIC_SHL && full->d.raw.imm[0].size == 8 &&
	       full->d.raw.imm[0].value.u >= 4 && full->d.raw.imm[0].value.u < 16;
}

/* mov mem, reg, with the register that the jump uses: a pointer, so relocations or the code that
 * computed it name its target. */
static bool loads_pointer(const struct insn_full *full, unsigned reg)
{
	const ZydisDecodedInstruction *d = &full->d;

	return d->mnemonic == ZYDIS_MNEMONIC_MOV && d->opcode == 0x8b && d->raw.rex.W &&
	       d->raw.modrm.mod != 3 && (d->raw.modrm.reg | (d->raw.rex.R ? 8 : 0)) == reg;
}

bool rewrite_jump_explained(struct rewrite *rw, const struct func *f, uint32_t addr)
{
	struct insn_full full;
	struct insn in;
	uint32_t base = 0;
	bool shifted = false, table = false;

	if (!insn_decode_full(rw, addr, f->end, &in, &full))
		return false;
	if (!in.reg_jump)
		return true;
	unsigned reg = full.d.raw.modrm.rm | (full.d.raw.rex.B ? 8 : 0);
	for (unsigned n = 0; n < BACK_MAX && !table; n++) {
		if (!insn_before(rw, f, in.addr, &in) ||
		    !insn_decode_full(rw, in.addr, f->end, &in, &full))
			break;
		if (n == 0 && loads_pointer(&full, reg))
			return true;
		shifted |= shifts_far(&full);
		if (in.lea && in.target > f->start && in.target < f->end)
			base = in.target;
		else if (in.lea && in.target >= 0 && in.target < (int64_t)rw->len)
			table = rewrite_table_at(rw, in.target);
	}
	if (!table && base && shifted) {
		strides_mark(rw, f, base);
		return true;
	}
	return table;
}

/* lock: if there is only one thread, glibc jumps past it. */
bool insn_is_skipped_prefix(uint8_t byte)
{
	return byte == 0xf0;
}

static bool is_endbr64(const uint8_t *p)
{
	return p[0] == 0xf3 && p[1] == 0x0f && p[2] == 0x1e && p[3] == 0xfa;
}

/* endbr64, push, sub from rsp. */
bool insn_is_prologue(const uint8_t *p)
{
	return is_endbr64(p) || p[0] == 0x53 || p[0] == 0x55 ||
	       (p[0] == 0x41 && p[1] >= 0x54 && p[1] <= 0x57) ||
	       (p[0] == 0x48 && p[1] == 0x83 && p[2] == 0xec) ||
	       (p[0] == 0x48 && p[1] == 0x81 && p[2] == 0xec);
}

/* jmp *disp(%rip), perhaps after endbr64. */
uint32_t insn_linkage_end(const struct rewrite *rw, uint32_t addr)
{
	struct insn in;

	if (addr + ENDBR_LEN < rw->len && is_endbr64(rw->img + addr))
		addr += ENDBR_LEN;
	return insn_decode(rw, addr, rw->len, &in) && in.type == INSN_IJMP && in.disp_off
		       ? addr + in.len
		       : 0;
}
