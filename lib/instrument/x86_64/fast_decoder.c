/* Decodes the most frequent instructions, because Zydis would take most of the rewriter's time.
 *
 * It handles instructions whose opcode is valid whatever follows it. Zydis decodes the rest.
 */
#include "instrument/x86_64/decode.h"

#include <string.h>

enum {
	MODRM = 1,
	IMM8 = 2,
	IMM32 = 4,
	REL = 8,      /* the immediate is relative */
	IMM_REX = 16, /* of 64 bits with REX.W */
	MEMORY = 32,  /* only with a memory operand */
	REG_0 = 64,   /* only with 0 in ModRM's reg field */
	UNARY = 128, /* the group of f6, f7, fe and ff: ModRM's reg field selects the instruction */
	/* the prefixes with which the opcode is known */
	NO_PREFIX = 1 << 8,
	WITH_66 = 1 << 9,
	WITH_F3 = 1 << 10,
	WITH_F2 = 1 << 11,
	/* from here on: enum insn_type */
	TYPE_SHIFT = 12,
};

#define TYPE(type) ((type) << TYPE_SHIFT)
#define ANY_SIZE (NO_PREFIX | WITH_66)
#define SCALAR (ANY_SIZE | WITH_F3 | WITH_F2)

static const uint16_t OPCODES[256] = {
	/* add … cmp: of both directions, and with an immediate for the accumulator */
	[0x00 ... 0x03] = ANY_SIZE | MODRM,
	[0x04] = ANY_SIZE | IMM8,
	[0x05] = NO_PREFIX | IMM32,
	[0x08 ... 0x0b] = ANY_SIZE | MODRM,
	[0x0c] = ANY_SIZE | IMM8,
	[0x0d] = NO_PREFIX | IMM32,
	[0x10 ... 0x13] = ANY_SIZE | MODRM,
	[0x14] = ANY_SIZE | IMM8,
	[0x15] = NO_PREFIX | IMM32,
	[0x18 ... 0x1b] = ANY_SIZE | MODRM,
	[0x1c] = ANY_SIZE | IMM8,
	[0x1d] = NO_PREFIX | IMM32,
	[0x20 ... 0x23] = ANY_SIZE | MODRM,
	[0x24] = ANY_SIZE | IMM8,
	[0x25] = NO_PREFIX | IMM32,
	[0x28 ... 0x2b] = ANY_SIZE | MODRM,
	[0x2c] = ANY_SIZE | IMM8,
	[0x2d] = NO_PREFIX | IMM32,
	[0x30 ... 0x33] = ANY_SIZE | MODRM,
	[0x34] = ANY_SIZE | IMM8,
	[0x35] = NO_PREFIX | IMM32,
	[0x38 ... 0x3b] = ANY_SIZE | MODRM,
	[0x3c] = ANY_SIZE | IMM8,
	[0x3d] = NO_PREFIX | IMM32,
	[0x50 ... 0x5f] = NO_PREFIX,                               /* push, pop */
	[0x63] = ANY_SIZE | MODRM,                                 /* movslq */
	[0x68] = NO_PREFIX | IMM32,                                /* push */
	[0x69] = NO_PREFIX | MODRM | IMM32,                        /* imul */
	[0x6a] = NO_PREFIX | IMM8,                                 /* push */
	[0x6b] = ANY_SIZE | MODRM | IMM8,                          /* imul */
	[0x70 ... 0x7f] = NO_PREFIX | IMM8 | REL | TYPE(INSN_JCC), /* jcc */
	[0x80] = ANY_SIZE | MODRM | IMM8,                          /* add … cmp */
	[0x81] = NO_PREFIX | MODRM | IMM32,
	[0x83] = ANY_SIZE | MODRM | IMM8,
	[0x84 ... 0x8b] = ANY_SIZE | MODRM,  /* test, xchg, mov */
	[0x8d] = NO_PREFIX | MODRM | MEMORY, /* lea */
	[0x98 ... 0x99] = ANY_SIZE,          /* cltq, cqto */
	[0xa8] = ANY_SIZE | IMM8,            /* test */
	[0xa9] = NO_PREFIX | IMM32,
	[0xb0 ... 0xb7] = NO_PREFIX | IMM8, /* mov */
	[0xb8 ... 0xbf] = NO_PREFIX | IMM32 | IMM_REX,
	[0xc0 ... 0xc1] = ANY_SIZE | MODRM | IMM8, /* shifts */
	[0xc3] = NO_PREFIX | TYPE(INSN_RET),
	[0xc6] = ANY_SIZE | MODRM | IMM8 | REG_0, /* mov */
	[0xc7] = NO_PREFIX | MODRM | IMM32 | REG_0,
	[0xc9] = NO_PREFIX, /* leave */
	[0xcc] = NO_PREFIX | TYPE(INSN_TRAP),
	[0xd0 ... 0xd3] = ANY_SIZE | MODRM, /* shifts */
	[0xe8] = NO_PREFIX | IMM32 | REL | TYPE(INSN_CALL),
	[0xe9] = NO_PREFIX | IMM32 | REL | TYPE(INSN_JMP),
	[0xeb] = NO_PREFIX | IMM8 | REL | TYPE(INSN_JMP),
	[0xf6] = ANY_SIZE | MODRM | UNARY,
	[0xf7] = NO_PREFIX | MODRM | UNARY,
	[0xfe ... 0xff] = NO_PREFIX | MODRM | UNARY,
};

/* Those that begin with 0f. */
static const uint16_t OPCODES_0F[256] = {
	[0x0b] = NO_PREFIX | TYPE(INSN_TRAP), /* ud2 */
	/* moves, conversions and arithmetic of vector registers */
	[0x10 ... 0x11] = SCALAR | MODRM,
	[0x14 ... 0x15] = ANY_SIZE | MODRM,
	[0x16] = NO_PREFIX | MODRM,
	[0x1f] = ANY_SIZE | MODRM | TYPE(INSN_NOP),
	[0x28 ... 0x29] = ANY_SIZE | MODRM,
	[0x2a] = SCALAR | MODRM,
	[0x2c ... 0x2d] = SCALAR | MODRM,
	[0x2e ... 0x2f] = ANY_SIZE | MODRM,
	[0x40 ... 0x4f] = ANY_SIZE | MODRM, /* cmov */
	[0x51] = SCALAR | MODRM,
	[0x54 ... 0x57] = ANY_SIZE | MODRM,
	[0x58 ... 0x5a] = SCALAR | MODRM,
	[0x5b] = ANY_SIZE | WITH_F3 | MODRM,
	[0x5c ... 0x5f] = SCALAR | MODRM,
	[0x60 ... 0x6b] = ANY_SIZE | MODRM,
	[0x6c ... 0x6d] = WITH_66 | MODRM,
	[0x6e] = ANY_SIZE | MODRM,
	[0x6f] = ANY_SIZE | WITH_F3 | MODRM,
	[0x70] = SCALAR | MODRM | IMM8,
	[0x74 ... 0x76] = ANY_SIZE | MODRM,
	[0x7e ... 0x7f] = ANY_SIZE | WITH_F3 | MODRM,
	[0x80 ... 0x8f] = NO_PREFIX | IMM32 | REL | TYPE(INSN_JCC), /* jcc */
	[0x90 ... 0x9f] = NO_PREFIX | MODRM,                        /* set */
	[0xa3] = ANY_SIZE | MODRM,                                  /* bt */
	[0xa4] = ANY_SIZE | MODRM | IMM8,                           /* shld */
	[0xab] = ANY_SIZE | MODRM,                                  /* bts */
	[0xac] = ANY_SIZE | MODRM | IMM8,                           /* shrd */
	[0xaf] = ANY_SIZE | MODRM,                                  /* imul */
	[0xb0 ... 0xb1] = ANY_SIZE | MODRM,                         /* cmpxchg */
	[0xb3] = ANY_SIZE | MODRM,                                  /* btr */
	[0xb6 ... 0xb7] = ANY_SIZE | MODRM,                         /* movz */
	[0xb8] = WITH_F3 | MODRM,                                   /* popcnt */
	[0xbc ... 0xbd] = ANY_SIZE | WITH_F3 | MODRM,               /* bsf, bsr, tzcnt, lzcnt */
	[0xbe ... 0xbf] = ANY_SIZE | MODRM,                         /* movs */
	[0xc0 ... 0xc1] = ANY_SIZE | MODRM,                         /* xadd */
	[0xc2] = SCALAR | MODRM | IMM8,
	[0xc6] = ANY_SIZE | MODRM | IMM8,
	[0xc8 ... 0xcf] = NO_PREFIX, /* bswap */
	[0xd1 ... 0xd5] = ANY_SIZE | MODRM,
	[0xd6] = WITH_66 | MODRM,
	[0xd8 ... 0xe5] = ANY_SIZE | MODRM,
	[0xe8 ... 0xef] = ANY_SIZE | MODRM,
	[0xf1 ... 0xf6] = ANY_SIZE | MODRM,
	[0xf8 ... 0xfe] = ANY_SIZE | MODRM,
};

/* The prefixes of one instruction. */
struct prefixes {
	unsigned len;
	uint16_t class; /* NO_PREFIX … WITH_F2; 0: two of them */
	bool segment;
	uint8_t rex; /* 0: none */
};

static bool is_segment(uint8_t byte)
{
	return (byte & 0xe7) == 0x26 || (byte & 0xfe) == 0x64;
}

static struct prefixes prefixes_read(const uint8_t *p)
{
	struct prefixes r = {.class = NO_PREFIX};

	for (; r.len < 8; r.len++) {
		uint8_t byte = p[r.len];
		uint16_t class = byte == 0x66   ? WITH_66
				 : byte == 0xf3 ? WITH_F3
				 : byte == 0xf2 ? WITH_F2
						: 0;
		if (class)
			r.class = r.class == NO_PREFIX || r.class == class ? class : 0;
		else if (is_segment(byte))
			r.segment = true;
		else
			break;
	}
	if ((p[r.len] & 0xf0) == 0x40)
		r.rex = p[r.len++];
	return r;
}

static int32_t read32(const uint8_t *p)
{
	int32_t v;

	memcpy(&v, p, 4);
	return v;
}

/* ModRM, SIB and displacement at p[at]; where they end. *disp32: the offset of a displacement of 32
 * bits; 0: none. */
static unsigned modrm_end(const uint8_t *p, unsigned at, unsigned *disp32)
{
	uint8_t m = p[at++], mod = m >> 6, rm = m & 7;
	bool wide = mod == 2 || (mod == 0 && rm == 5);

	if (mod == 3)
		return at;
	if (rm == 4)
		wide |= mod == 0 && (p[at] & 7) == 5;
	at += rm == 4;
	*disp32 = wide ? at : 0;
	return at + (wide ? 4 : mod == 1);
}

/* Completes the shape of an opcode of that group. 0: not known. */
static uint16_t unary_shape(uint8_t opcode, uint16_t shape, unsigned reg)
{
	if (opcode == 0xff && reg == 2)
		return shape | TYPE(INSN_ICALL);
	if (opcode == 0xff && reg == 4)
		return shape | TYPE(INSN_IJMP);
	if (opcode >= 0xfe)
		return reg < 2 || (opcode == 0xff && reg == 6) ? shape : 0;
	return reg >= 2 ? shape : shape | (opcode == 0xf6 ? IMM8 : IMM32);
}

/* Whether the flags that it reads and writes depend on no more than opcode and ModRM's reg field:
 * those of shifts depend on the count. */
static bool has_form(bool two, uint8_t opcode, const struct prefixes *prefix)
{
	if (prefix->class & (WITH_F2 | WITH_F3))
		return false;
	return two ? opcode != 0xa4 && opcode != 0xac : opcode != 0xc0 && opcode != 0xc1;
}

bool insn_decode_fast(const struct rewrite *rw, uint32_t addr, uint32_t end, struct insn *in)
{
	const uint8_t *p = rw->img + addr;
	struct prefixes prefix = {.class = NO_PREFIX};
	unsigned at = 0, reg = 0, disp32 = 0;

	if ((p[0] & 0xf0) == 0x40)
		prefix.rex = p[at++];
	else if (p[0] >= 0x26 && (is_segment(p[0]) || p[0] == 0x66 || (p[0] & 0xfe) == 0xf2))
		at = (prefix = prefixes_read(p)).len;
	bool two = p[at] == 0x0f;
	at += two;
	uint8_t opcode = p[at++], modrm = p[at];
	uint16_t shape = (two ? OPCODES_0F : OPCODES)[opcode];
	if (!(shape & prefix.class) || (prefix.segment && !(shape & MODRM)))
		return false;
	if (shape & MODRM) {
		reg = modrm >> 3 & 7;
		if (((shape & MEMORY) && modrm >> 6 == 3) || ((shape & REG_0) && reg) ||
		    ((shape & UNARY) && !(shape = unary_shape(opcode, shape, reg))))
			return false;
		at = modrm_end(p, at, &disp32);
	}
	unsigned imm = at, size = 0;
	if (shape & (IMM8 | IMM32)) {
		size = shape & IMM8 ? 1 : (shape & IMM_REX) && (prefix.rex & 8) ? 8 : 4;
		at += size;
	}
	if (at > ZYDIS_MAX_INSTRUCTION_LENGTH || at > end - addr)
		return false;
	*in = (struct insn){.addr = addr, .len = at, .type = shape >> TYPE_SHIFT};
	if (has_form(two, opcode, &prefix))
		in->form = 1 + ((two << 8 | opcode) << 3 | reg);
	if (shape & REL) {
		in->rel_off = imm;
		in->rel_size = size;
		in->target = (int64_t)addr + at + (size == 1 ? (int8_t)p[imm] : read32(p + imm));
	}
	if (in->type == INSN_IJMP)
		in->reg_jump = modrm >> 6 == 3;
	if (disp32 && (modrm & 0xc7) == 5) {
		in->disp_off = disp32;
		in->target = (int64_t)addr + at + read32(p + disp32);
		in->lea = opcode == 0x8d && !two;
	}
	if (rw->fixed) {
		unsigned n = 0;
		if (disp32 && !in->disp_off)
			in->abs_off[n++] = disp32;
		if (size == 4 && !(shape & REL))
			in->abs_off[n] = imm;
	}
	return true;
}
