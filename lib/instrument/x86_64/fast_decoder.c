/* Decodes the most frequent instructions, because Zydis would take most of the rewriter's time.
 *
 * It handles instructions with at most a REX prefix, and an opcode that is valid whatever follows
 * it. Zydis decodes the rest. Only the fields that decode.c uses are filled in.
 */
#include "instrument/x86_64/decode.h"

#include <string.h>

enum {
	KNOWN = 1,
	MODRM = 2,
	IMM8 = 4,
	IMM32 = 8,
	REL = 16,     /* the immediate is relative */
	IMM_REX = 32, /* of 64 bits with REX.W */
	MEMORY = 64,  /* only with a memory operand */
	REG_0 = 128,  /* only with 0 in ModRM's reg field */
};

static const uint8_t OPCODES[256] = {
	/* add … cmp: of both directions, and with an immediate for the accumulator */
	[0x00 ... 0x03] = KNOWN | MODRM,
	[0x04] = KNOWN | IMM8,
	[0x05] = KNOWN | IMM32,
	[0x08 ... 0x0b] = KNOWN | MODRM,
	[0x0c] = KNOWN | IMM8,
	[0x0d] = KNOWN | IMM32,
	[0x10 ... 0x13] = KNOWN | MODRM,
	[0x14] = KNOWN | IMM8,
	[0x15] = KNOWN | IMM32,
	[0x18 ... 0x1b] = KNOWN | MODRM,
	[0x1c] = KNOWN | IMM8,
	[0x1d] = KNOWN | IMM32,
	[0x20 ... 0x23] = KNOWN | MODRM,
	[0x24] = KNOWN | IMM8,
	[0x25] = KNOWN | IMM32,
	[0x28 ... 0x2b] = KNOWN | MODRM,
	[0x2c] = KNOWN | IMM8,
	[0x2d] = KNOWN | IMM32,
	[0x30 ... 0x33] = KNOWN | MODRM,
	[0x34] = KNOWN | IMM8,
	[0x35] = KNOWN | IMM32,
	[0x38 ... 0x3b] = KNOWN | MODRM,
	[0x3c] = KNOWN | IMM8,
	[0x3d] = KNOWN | IMM32,
	[0x50 ... 0x5f] = KNOWN,              /* push, pop */
	[0x63] = KNOWN | MODRM,               /* movslq */
	[0x68] = KNOWN | IMM32,               /* push */
	[0x69] = KNOWN | MODRM | IMM32,       /* imul */
	[0x6a] = KNOWN | IMM8,                /* push */
	[0x6b] = KNOWN | MODRM | IMM8,        /* imul */
	[0x70 ... 0x7f] = KNOWN | IMM8 | REL, /* jcc */
	[0x80] = KNOWN | MODRM | IMM8,        /* add … cmp */
	[0x81] = KNOWN | MODRM | IMM32,
	[0x83] = KNOWN | MODRM | IMM8,
	[0x84 ... 0x8b] = KNOWN | MODRM, /* test, xchg, mov */
	[0x8d] = KNOWN | MODRM | MEMORY, /* lea */
	[0x98 ... 0x99] = KNOWN,         /* cltq, cqto */
	[0xa8] = KNOWN | IMM8,           /* test */
	[0xa9] = KNOWN | IMM32,
	[0xb0 ... 0xb7] = KNOWN | IMM8, /* mov */
	[0xb8 ... 0xbf] = KNOWN | IMM32 | IMM_REX,
	[0xc0 ... 0xc1] = KNOWN | MODRM | IMM8, /* shifts */
	[0xc3] = KNOWN,                         /* ret */
	[0xc6] = KNOWN | MODRM | IMM8 | REG_0,  /* mov */
	[0xc7] = KNOWN | MODRM | IMM32 | REG_0,
	[0xc9] = KNOWN,                        /* leave */
	[0xd0 ... 0xd3] = KNOWN | MODRM,       /* shifts */
	[0xe8 ... 0xe9] = KNOWN | IMM32 | REL, /* call, jmp */
	[0xeb] = KNOWN | IMM8 | REL,           /* jmp */
};

/* Those that begin with 0f. */
static const uint8_t OPCODES_0F[256] = {
	[0x40 ... 0x4f] = KNOWN | MODRM,       /* cmov */
	[0x80 ... 0x8f] = KNOWN | IMM32 | REL, /* jcc */
	[0x90 ... 0x9f] = KNOWN | MODRM,       /* set */
	[0xa3] = KNOWN | MODRM,                /* bt */
	[0xaf] = KNOWN | MODRM,                /* imul */
	[0xb6 ... 0xb7] = KNOWN | MODRM,       /* movz */
	[0xbe ... 0xbf] = KNOWN | MODRM,       /* movs */
};

static int64_t read_signed(const uint8_t *p, unsigned bits)
{
	int64_t v = 0;

	memcpy(&v, p, bits / 8);
	return bits == 64 ? v : (int64_t)((uint64_t)v << (64 - bits)) >> (64 - bits);
}

/* ModRM, SIB and displacement at p[at]; where they end. */
static unsigned modrm_set(ZydisDecodedInstruction *d, const uint8_t *p, unsigned at)
{
	uint8_t m = p[at];

	d->raw.modrm.offset = at++;
	d->raw.modrm.mod = m >> 6;
	d->raw.modrm.reg = m >> 3 & 7;
	d->raw.modrm.rm = m & 7;
	if (m >> 6 == 3)
		return at;
	bool no_base = m >> 6 == 0 && (m & 7) == 5;
	if ((m & 7) == 4)
		no_base = (p[at++] & 7) == 5 && m >> 6 == 0;
	d->raw.disp.size = no_base || m >> 6 == 2 ? 32 : m >> 6 == 1 ? 8 : 0;
	if (!d->raw.disp.size)
		return at;
	d->raw.disp.offset = at;
	d->raw.disp.value = read_signed(p + at, d->raw.disp.size);
	return at + d->raw.disp.size / 8;
}

static unsigned immediate_set(ZydisDecodedInstruction *d, const uint8_t *p, unsigned at,
			      uint8_t shape)
{
	unsigned bits = shape & IMM8 ? 8 : (shape & IMM_REX) && d->raw.rex.W ? 64 : 32;

	d->raw.imm[0].size = bits;
	d->raw.imm[0].offset = at;
	d->raw.imm[0].is_relative = (shape & REL) != 0;
	d->raw.imm[0].value.s = read_signed(p + at, bits);
	return at + bits / 8;
}

bool insn_decode_fast(const uint8_t *p, size_t len, ZydisDecodedInstruction *d)
{
	unsigned at = 0;
	uint8_t rex = 0;

	if (len < ZYDIS_MAX_INSTRUCTION_LENGTH)
		return false;
	if ((p[0] & 0xf0) == 0x40)
		rex = p[at++];
	bool two = p[at] == 0x0f;
	at += two;
	uint8_t shape = (two ? OPCODES_0F : OPCODES)[p[at]];
	uint8_t modrm = p[at + 1];
	if (!(shape & KNOWN) || ((shape & MEMORY) && modrm >> 6 == 3) ||
	    ((shape & REG_0) && (modrm & 0x38)))
		return false;
	d->opcode = p[at++];
	d->opcode_map = two ? ZYDIS_OPCODE_MAP_0F : ZYDIS_OPCODE_MAP_DEFAULT;
	d->encoding = ZYDIS_INSTRUCTION_ENCODING_LEGACY;
	d->mnemonic = d->opcode == 0x8d && !two ? ZYDIS_MNEMONIC_LEA : ZYDIS_MNEMONIC_INVALID;
	d->address_width = 64;
	d->raw.prefix_count = 0;
	d->raw.rex.W = rex >> 3 & 1;
	d->raw.modrm.offset = 0;
	d->raw.disp.size = 0;
	d->raw.imm[0].size = 0;
	if (shape & MODRM)
		at = modrm_set(d, p, at);
	if (shape & (IMM8 | IMM32))
		at = immediate_set(d, p, at, shape);
	d->length = at;
	return true;
}
