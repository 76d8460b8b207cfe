/* Decodes instructions, as far as rewriting must know them. */
#include "instrument/x86_64/decode.h"

#include "arch/x86_64/regs.h"
#include "util/alloc.h"
#include "util/size.h"

#include <string.h>

struct mnemonic_type {
	uint16_t mnemonic;
	uint8_t type, kind;
};

static const struct mnemonic_type MNEMONICS[] = {
	{ZYDIS_MNEMONIC_RDTSC, INSN_HOOK, CODE_NONDET + NONDET_RDTSC},
	{ZYDIS_MNEMONIC_RDTSCP, INSN_HOOK, CODE_NONDET + NONDET_RDTSCP},
	{ZYDIS_MNEMONIC_CPUID, INSN_HOOK, CODE_NONDET + NONDET_CPUID},
	{ZYDIS_MNEMONIC_RDRAND, INSN_HOOK, CODE_NONDET + NONDET_RDRAND},
	{ZYDIS_MNEMONIC_RDSEED, INSN_HOOK, CODE_NONDET + NONDET_RDSEED},
	{ZYDIS_MNEMONIC_RDPID, INSN_HOOK, CODE_NONDET + NONDET_RDPID},
	{ZYDIS_MNEMONIC_XGETBV, INSN_HOOK, CODE_NONDET + NONDET_XGETBV},
	{ZYDIS_MNEMONIC_SYSCALL, INSN_SYSCALL, 0},
	{ZYDIS_MNEMONIC_HLT, INSN_TRAP, 0},
	{ZYDIS_MNEMONIC_UD0, INSN_TRAP, 0},
	{ZYDIS_MNEMONIC_UD1, INSN_TRAP, 0},
	{ZYDIS_MNEMONIC_UD2, INSN_TRAP, 0},
	{ZYDIS_MNEMONIC_INT3, INSN_TRAP, 0},
	{ZYDIS_MNEMONIC_INT1, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_INT, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_SYSENTER, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_SYSRET, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_SYSEXIT, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_ENDBR64, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_ENDBR32, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_XBEGIN, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_XABORT, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_XEND, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_IRET, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_IRETD, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_IRETQ, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_UIRET, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_POPF, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_POPFD, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_POPFQ, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_RSM, INSN_FIXED, 0},
	{ZYDIS_MNEMONIC_NOP, INSN_NOP, 0},
};

static void insn_set_mnemonic(struct insn *in, const ZydisDecodedInstruction *d)
{
	for (size_t i = 0; i < ARRAY_LEN(MNEMONICS); i++) {
		if (MNEMONICS[i].mnemonic == d->mnemonic) {
			in->type = MNEMONICS[i].type;
			in->kind = MNEMONICS[i].kind;
			return;
		}
	}
}

static bool has_prefix(const ZydisDecodedInstruction *d, uint8_t value)
{
	for (unsigned i = 0; i < d->raw.prefix_count && i < ARRAY_LEN(d->raw.prefixes); i++)
		if (d->raw.prefixes[i].value == value)
			return true;
	return false;
}

/* A direct jump or call. */
static void insn_set_rel(struct insn *in, const ZydisDecodedInstruction *d, enum insn_type type)
{
	in->type = type;
	in->rel_off = d->raw.imm[0].offset;
	in->rel_size = d->raw.imm[0].size / 8;
	in->target = (int64_t)in->addr + in->len + d->raw.imm[0].value.s;
	/* Some processors then truncate the target to 16 bits. */
	in->odd = has_prefix(d, 0x66) && !d->raw.rex.W;
}

static void insn_set_ff(struct insn *in, const ZydisDecodedInstruction *d)
{
	switch (d->raw.modrm.reg) {
	case 2: in->type = INSN_ICALL; break;
	case 4:
		in->type = INSN_IJMP;
		in->reg_jump = d->raw.modrm.mod == 3;
		in->odd = has_prefix(d, 0x66) && !d->raw.rex.W;
		break;
	case 3:
	case 5: in->type = INSN_FIXED; break;
	}
}

/* Opcodes of the first map that are not INSN_PLAIN. */
static void insn_set_default(struct insn *in, const ZydisDecodedInstruction *d)
{
	switch (d->opcode) {
	case 0x70 ... 0x7f: insn_set_rel(in, d, INSN_JCC); break;
	case 0xe0 ... 0xe3: insn_set_rel(in, d, INSN_LOOP); break;
	case 0xe8: insn_set_rel(in, d, INSN_CALL); break;
	case 0xe9:
	case 0xeb: insn_set_rel(in, d, INSN_JMP); break;
	case 0xc2:
	case 0xc3: in->type = INSN_RET; break;
	case 0xff: insn_set_ff(in, d); break;
	case 0x90:
	case 0xcc:
	case 0xcd:
	case 0xcf:
	case 0xf1:
	case 0xf4:
	case 0x9d:
	case 0xc6: insn_set_mnemonic(in, d); break;
	case 0xc7:
		if (d->mnemonic == ZYDIS_MNEMONIC_XBEGIN)
			insn_set_rel(in, d, INSN_FIXED);
		break;
	case 0x9a:
	case 0xca:
	case 0xcb:
	case 0xea: in->type = INSN_FIXED; break;
	}
}

static void insn_set_0f(struct insn *in, const ZydisDecodedInstruction *d)
{
	switch (d->opcode) {
	case 0x80 ... 0x8f: insn_set_rel(in, d, INSN_JCC); break;
	case 0x00 ... 0x0f:
	case 0x18 ... 0x1f:
	case 0x30 ... 0x37:
	case 0xa2:
	case 0xaa:
	case 0xae:
	case 0xb9:
	case 0xc7:
	case 0xff: insn_set_mnemonic(in, d); break;
	}
}

/* 32-bit values that may be absolute addresses. */
static void insn_set_abs(struct insn *in, const ZydisDecodedInstruction *d)
{
	unsigned n = 0;

	if (d->raw.disp.size == 32 && !in->disp_off)
		in->abs_off[n++] = d->raw.disp.offset;
	if (d->raw.imm[0].size == 32 && !d->raw.imm[0].is_relative)
		in->abs_off[n++] = d->raw.imm[0].offset;
}

static void insn_set(const struct rewrite *rw, uint32_t addr, struct insn *in,
		     const ZydisDecodedInstruction *d)
{
	*in = (struct insn){.addr = addr, .len = d->length, .type = INSN_PLAIN};
	if (d->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY) {
		if (d->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT)
			insn_set_default(in, d);
		else if (d->opcode_map == ZYDIS_OPCODE_MAP_0F)
			insn_set_0f(in, d);
	}
	if (d->raw.modrm.offset && d->raw.modrm.mod == 0 && d->raw.modrm.rm == 5 &&
	    d->raw.disp.size == 32) {
		if (d->address_width != 64 && in->type == INSN_PLAIN)
			in->type = INSN_FIXED;
		in->disp_off = d->raw.disp.offset;
		in->target = (int64_t)addr + d->length + d->raw.disp.value;
		in->lea = d->mnemonic == ZYDIS_MNEMONIC_LEA;
	}
	if (rw->fixed)
		insn_set_abs(in, d);
}

bool insn_decode_slow(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in)
{
	ZydisDecodedInstruction d;

	if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&rw->decoders->minimal, NULL,
							rw->img + addr, end - addr, &d)))
		return false;
	insn_set(rw, addr, in, &d);
	return true;
}

bool insn_decode(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in)
{
	return addr < end &&
	       (insn_decode_fast(rw, addr, end, in) || insn_decode_slow(rw, addr, end, in));
}

bool insn_decode_full(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in,
		      struct insn_full *full)
{
	ZydisDecodedInstruction *d = &full->d;

	if (addr >= end ||
	    !ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&rw->decoders->full, &full->context,
							rw->img + addr, end - addr, d)))
		return false;
	insn_set(rw, addr, in, d);
	return true;
}

bool insn_before(const struct rewrite *rw, const struct func *f, uint32_t addr, struct insn *in)
{
	for (uint32_t at = addr; at-- > f->start && addr - at <= 15;)
		if (bit_get(rw->start, at))
			return insn_decode(rw, at, f->end, in) && at + in->len == addr &&
			       insn_goes_on(in);
	return false;
}

bool insn_is_padding(const struct rewrite *rw, const struct insn *in)
{
	return in->type == INSN_NOP || rw->img[in->addr] == 0xcc;
}

bool insn_movable(const struct rewrite *rw, const struct insn *in)
{
	const int64_t margin = 16 << 20;

	if (in->disp_off && (in->target < -margin || in->target > (int64_t)rw->len + margin))
		return false;
	switch (in->type) {
	case INSN_JCC:
	case INSN_LOOP:
	case INSN_JMP: return !in->odd && rewrite_in_text(rw, in->target);
	case INSN_IJMP: return !in->odd;
	case INSN_PLAIN:
	case INSN_NOP:
	case INSN_RET:
	case INSN_HOOK: return true;
	}
	return false;
}

bool insn_is_site(const struct insn *in)
{
	switch (in->type) {
	case INSN_JCC:
	case INSN_LOOP:
	case INSN_JMP:
	case INSN_CALL: return insn_backward(in);
	case INSN_IJMP:
	case INSN_HOOK: return true;
	}
	return false;
}

void insn_result(const struct rewrite *rw, const struct insn *in, uint8_t *reg, uint8_t *size)
{
	ZydisDecodedInstruction d;

	*reg = *size = 0;
	if (in->kind != CODE_NONDET + NONDET_RDRAND && in->kind != CODE_NONDET + NONDET_RDSEED &&
	    in->kind != CODE_NONDET + NONDET_RDPID)
		return;
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&rw->decoders->minimal, NULL,
							rw->img + in->addr, in->len, &d)))
		return;
	*reg = d.raw.modrm.rm | (d.raw.rex.B ? 8 : 0);
	*size = in->kind == CODE_NONDET + NONDET_RDPID || d.raw.rex.W ? 8
		: has_prefix(&d, 0x66)                                ? 2
								      : 4;
}

void insn_decoders_open(struct rewrite *rw)
{
	struct insn_decoders *d = rw->decoders = xcalloc(1, sizeof(*d));

	ZydisDecoderInit(&d->minimal, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	ZydisDecoderEnableMode(&d->minimal, ZYDIS_DECODER_MODE_MINIMAL, ZYAN_TRUE);
	ZydisDecoderInit(&d->full, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
}

void insn_decoders_close(struct rewrite *rw)
{
	free(rw->decoders);
}
