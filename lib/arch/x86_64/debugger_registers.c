#include "arch/debugger_registers.h"

#include "arch/x86_64/regs.h"
#include "util/size.h"

#include <string.h>

/* RAX RCX RDX RBX RSP RBP RSI RDI R8 … R15: Intel SDM vol. 2, table 3-1. */
const uint8_t arch_reg_by_number[16] = {R_RAX, R_RCX, R_RDX, R_RBX, R_RSP, R_RBP, R_RSI, R_RDI,
					R_R8,  R_R9,  R_R10, R_R11, R_R12, R_R13, R_R14, R_R15};

/* Places: struct trace_regs, else a component of the XSAVE area by its number (Intel SDM vol.
 * 1, 13.1). */
enum {
	X87 = 0,
	SSE = 1,
	AVX = 2,
	OPMASK = 5,
	ZMM_HI256 = 6,
	HI16_ZMM = 7,
	GENERAL = 32,
	TAGS = 33
};

#define CORE "org.gnu.gdb.i386.core"
#define SSES "org.gnu.gdb.i386.sse"
#define LINUX "org.gnu.gdb.i386.linux"
#define SEGMENTS "org.gnu.gdb.i386.segments"
#define AVXS "org.gnu.gdb.i386.avx"
#define AVX512 "org.gnu.gdb.i386.avx512"

#define REG64(feature, name, type, reg) \
	{ \
		feature, name, type, NULL, 1, 0, 64, GENERAL, 8, reg, 0 \
	}
#define REG32(name, type, reg) \
	{ \
		CORE, name, type, NULL, 1, 0, 32, GENERAL, 4, reg, 0 \
	}
#define X87_WORD(name, stored, offset) \
	{ \
		CORE, name, "int", "float", 1, 0, 32, X87, stored, offset, 0 \
	}

/* Offsets in the legacy area: Intel SDM vol. 1, table 10-2. */
const struct arch_register_row arch_register_rows[] = {
	REG64(CORE, "rax", "int64", R_RAX),
	REG64(CORE, "rbx", "int64", R_RBX),
	REG64(CORE, "rcx", "int64", R_RCX),
	REG64(CORE, "rdx", "int64", R_RDX),
	REG64(CORE, "rsi", "int64", R_RSI),
	REG64(CORE, "rdi", "int64", R_RDI),
	REG64(CORE, "rbp", "data_ptr", R_RBP),
	REG64(CORE, "rsp", "data_ptr", R_RSP),
	REG64(CORE, "r8", "int64", R_R8),
	REG64(CORE, "r9", "int64", R_R9),
	REG64(CORE, "r10", "int64", R_R10),
	REG64(CORE, "r11", "int64", R_R11),
	REG64(CORE, "r12", "int64", R_R12),
	REG64(CORE, "r13", "int64", R_R13),
	REG64(CORE, "r14", "int64", R_R14),
	REG64(CORE, "r15", "int64", R_R15),
	REG64(CORE, "rip", "code_ptr", R_RIP),
	REG32("eflags", "i386_eflags", R_EFLAGS),
	REG32("cs", "int32", R_CS),
	REG32("ss", "int32", R_SS),
	REG32("ds", "int32", R_DS),
	REG32("es", "int32", R_ES),
	REG32("fs", "int32", R_FS),
	REG32("gs", "int32", R_GS),
	{CORE, "st%u", "i387_ext", NULL, 8, 0, 80, X87, 10, 32, 16},
	X87_WORD("fctrl", 2, 0),
	X87_WORD("fstat", 2, 2),
	{CORE, "ftag", "int", "float", 1, 0, 32, TAGS, 4, 4, 0},
	X87_WORD("fiseg", 2, 12),
	X87_WORD("fioff", 4, 8),
	X87_WORD("foseg", 2, 20),
	X87_WORD("fooff", 4, 16),
	X87_WORD("fop", 2, 6),
	{SSES, "xmm%u", "vec128", NULL, 16, 0, 128, SSE, 16, 160, 16},
	{SSES, "mxcsr", "i386_mxcsr", "vector", 1, 0, 32, SSE, 4, 24, 0},
	REG64(LINUX, "orig_rax", "int", R_ORIG_RAX),
	REG64(SEGMENTS, "fs_base", "int", R_FS_BASE),
	REG64(SEGMENTS, "gs_base", "int", R_GS_BASE),
	{AVXS, "ymm%uh", "uint128", NULL, 16, 0, 128, AVX, 16, 0, 16},
	{AVX512, "xmm%u", "vec128", NULL, 16, 16, 128, HI16_ZMM, 16, 0, 64},
	{AVX512, "ymm%uh", "uint128", NULL, 16, 16, 128, HI16_ZMM, 16, 16, 64},
	{AVX512, "k%u", "uint64", NULL, 8, 0, 64, OPMASK, 8, 0, 8},
	{AVX512, "zmm%uh", "v2ui128", NULL, 16, 0, 256, ZMM_HI256, 32, 0, 32},
	{AVX512, "zmm%uh", "v2ui128", NULL, 16, 16, 256, HI16_ZMM, 32, 32, 64},
	{0},
};

const struct arch_stop_register arch_stop_registers[] = {
	{6, R_RBP}, {7, R_RSP}, {16, R_RIP}, {0, -1}};

#define VEC128 \
	"<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/><vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>" \
	"<vector id=\"v16i8\" type=\"int8\" count=\"16\"/><vector id=\"v8i16\" type=\"int16\" count=\"8\"/>" \
	"<vector id=\"v4i32\" type=\"int32\" count=\"4\"/><vector id=\"v2i64\" type=\"int64\" count=\"2\"/>" \
	"<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/><field name=\"v2_double\" type=\"v2d\"/>" \
	"<field name=\"v16_int8\" type=\"v16i8\"/><field name=\"v8_int16\" type=\"v8i16\"/>" \
	"<field name=\"v4_int32\" type=\"v4i32\"/><field name=\"v2_int64\" type=\"v2i64\"/>" \
	"<field name=\"uint128\" type=\"uint128\"/></union>"

#define BIT(name, at) "<field name=\"" name "\" start=\"" #at "\" end=\"" #at "\"/>"

static const struct {
	const char *feature, *types;
} types[] = {
	{CORE, "<flags id=\"i386_eflags\" size=\"4\">" BIT("CF", 0) BIT("", 1) BIT("PF", 2) BIT(
		       "AF", 4) BIT("ZF", 6) BIT("SF", 7) BIT("TF", 8) BIT("IF", 9) BIT("DF", 10)
		       BIT("OF", 11) BIT("NT", 14) BIT("RF", 16) BIT("VM", 17) BIT("AC", 18)
			       BIT("VIF", 19) BIT("VIP", 20) BIT("ID", 21) "</flags>"},
	{SSES, VEC128 "<flags id=\"i386_mxcsr\" size=\"4\">" BIT("IE", 0) BIT("DE", 1) BIT("ZE", 2)
		       BIT("OE", 3) BIT("UE", 4) BIT("PE", 5) BIT("DAZ", 6) BIT("IM", 7)
			       BIT("DM", 8) BIT("ZM", 9) BIT("OM", 10) BIT("UM", 11) BIT("PM", 12)
				       BIT("FZ", 15) "</flags>"},
	{AVX512, VEC128 "<vector id=\"v2ui128\" type=\"uint128\" count=\"2\"/>"},
};

const char *arch_register_types(const char *feature)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (!strcmp(types[i].feature, feature))
			return types[i].types;
	return NULL;
}

#define LEGACY_SIZE 512
#define HEADER_SIZE 64
/* in the legacy area: what ptrace(2) says of the rest, arch/x86/include/asm/user.h */
#define SW_XCR0 464

uint64_t arch_state_components(const struct arch_state *s)
{
	uint64_t xcr0;

	if (s->xlen < LEGACY_SIZE)
		return 0;
	if (s->xlen < LEGACY_SIZE + HEADER_SIZE)
		return 3;
	memcpy(&xcr0, s->xstate + SW_XCR0, sizeof(xcr0));
	return xcr0 | 3;
}

bool arch_register_there(const struct arch_register_row *row, uint64_t components)
{
	if (row->place == GENERAL)
		return true;
	if (row->place == TAGS)
		return components & 1;
	return components & (uint64_t)1 << row->place;
}

/* Where a component begins. CPUID is asked once: in a virtual machine it takes as long as a system
 * call or ten. */
static size_t component_offset(unsigned component)
{
	static struct arch_xlayout here;
	static bool asked;

	if (component < AVX)
		return 0;
	if (!asked)
		arch_xlayout_here(&here);
	asked = true;
	return here.at[component];
}

/* The register's bytes in the area, or NULL. */
static const uint8_t *place_in(const struct arch_state *s, const struct arch_register_row *row,
			       unsigned i)
{
	if (!arch_register_there(row, arch_state_components(s)))
		return NULL;
	size_t at = component_offset(row->place) + row->offset + (size_t)i * row->stride;
	return at + row->stored <= s->xlen ? s->xstate + at : NULL;
}

/* The area has one bit for each register, set if it is not empty (Intel SDM vol. 1, 10.5.1.1).
 * Debuggers expect two bits. */
static uint16_t tags_get(const uint8_t *area)
{
	unsigned top = area[3] >> 3 & 7;
	uint16_t tags = 0;

	for (unsigned physical = 0; physical < 8; physical++) {
		const uint8_t *st = area + 32 + 16 * ((physical - top) & 7);
		uint64_t mantissa;
		unsigned exponent = (st[8] | (unsigned)st[9] << 8) & 0x7fff, tag = 2;

		memcpy(&mantissa, st, sizeof(mantissa));
		if (!(area[4] >> physical & 1))
			tag = 3;
		else if (exponent == 0 && mantissa == 0)
			tag = 1;
		else if (exponent != 0 && exponent != 0x7fff && mantissa >> 63)
			tag = 0;
		tags |= (uint16_t)(tag << 2 * physical);
	}
	return tags;
}

static uint8_t tags_set(uint32_t tags)
{
	uint8_t used = 0;

	for (unsigned physical = 0; physical < 8; physical++)
		if ((tags >> 2 * physical & 3) != 3)
			used |= (uint8_t)(1 << physical);
	return used;
}

bool arch_register_get(const struct arch_state *s, const struct arch_register_row *row, unsigned i,
		       uint8_t *value)
{
	memset(value, 0, row->bits / 8);
	if (row->place == GENERAL) {
		memcpy(value, &s->regs.r[row->offset], row->stored);
		return true;
	}
	if (row->place == TAGS) {
		if (s->xlen < LEGACY_SIZE)
			return false;
		uint16_t tags = tags_get(s->xstate);
		memcpy(value, &tags, sizeof(tags));
		return true;
	}
	const uint8_t *from = place_in(s, row, i);
	if (!from)
		return false;
	memcpy(value, from, row->stored);
	return true;
}

/* The kernel takes over only components whose bit is set in the header. */
static void component_used(struct arch_state *s, unsigned component)
{
	if (s->xlen >= LEGACY_SIZE + HEADER_SIZE)
		s->xstate[LEGACY_SIZE] |= (uint8_t)(1u << component);
}

bool arch_register_set(struct arch_state *s, const struct arch_register_row *row, unsigned i,
		       const uint8_t *value)
{
	if (row->place == GENERAL) {
		s->regs.r[row->offset] = 0;
		memcpy(&s->regs.r[row->offset], value, row->stored);
		return true;
	}
	if (row->place == TAGS) {
		uint32_t tags;
		if (s->xlen < LEGACY_SIZE)
			return false;
		memcpy(&tags, value, sizeof(tags));
		s->xstate[row->offset] = tags_set(tags);
		component_used(s, X87);
		return true;
	}
	const uint8_t *to = place_in(s, row, i);
	if (!to)
		return false;
	memcpy(s->xstate + (to - s->xstate), value, row->stored);
	component_used(s, row->place);
	return true;
}
