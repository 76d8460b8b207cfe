/* Whether any instruction will read the arithmetic flags.
 *
 * They are dead at an address if on every path from there each of the six flags is written, or left
 * undefined, before an instruction reads it. If it is not known how code continues, they are taken
 * to be live.
 */
#include "instrument/x86_64/decode.h"

#define ARITHMETIC \
	(ZYDIS_CPUFLAG_CF | ZYDIS_CPUFLAG_PF | ZYDIS_CPUFLAG_AF | ZYDIS_CPUFLAG_ZF | \
	 ZYDIS_CPUFLAG_SF | ZYDIS_CPUFLAG_OF)

enum { FORWARD_MAX = 16, BACK_MAX = 6 };

/* Shifts and rotates write no flag if the count is 0, nor do repeated comparisons if there is
 * nothing to compare. */
static bool may_write_none(const ZydisDecodedInstruction *d)
{
	uint8_t mask = d->raw.rex.W ? 0x3f : 0x1f;

	if (d->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
		return false;
	if (d->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) {
		switch (d->opcode) {
		case 0xa6: /* cmps, scas */
		case 0xa7:
		case 0xae:
		case 0xaf: return true;
		case 0xc0:
		case 0xc1: return !(d->raw.imm[0].value.u & mask);
		case 0xd2:
		case 0xd3: return true;
		}
	} else if (d->opcode_map == ZYDIS_OPCODE_MAP_0F) {
		switch (d->opcode) {
		case 0xa4: /* shld, shrd */
		case 0xac: return !(d->raw.imm[0].value.u & mask);
		case 0xa5:
		case 0xad: return true;
		}
	}
	return false;
}

static uint32_t flags_written(const ZydisDecodedInstruction *d)
{
	const ZydisAccessedFlags *f = d->cpu_flags;

	return f && !may_write_none(d) ? f->modified | f->set_0 | f->set_1 | f->undefined : 0;
}

static uint32_t flags_read(const ZydisDecodedInstruction *d)
{
	return d->cpu_flags ? d->cpu_flags->tested : 0;
}

static struct insn_flags flags_get(const ZydisDecodedInstruction *d)
{
	return (struct insn_flags){flags_read(d) & ARITHMETIC, flags_written(d) & ARITHMETIC, true};
}

/* Decodes the instruction at `at`, and finds its flags. *opaque: it is none that code just passes
 * through. */
static bool decode_flags(const struct rewrite *rw, uint32_t at, struct insn *in,
			 struct insn_flags *flags, bool *opaque)
{
	struct insn_full full;

	*opaque = false;
	if (!insn_decode_fast(rw, at, at + ZYDIS_MAX_INSTRUCTION_LENGTH, in))
		in->form = 0;
	struct insn_flags *kept = &rw->decoders->flags[in->form];
	if (in->form && kept->known) {
		*flags = *kept;
		return true;
	}
	uint16_t form = in->form;
	if (!insn_decode_full(rw, at, at + ZYDIS_MAX_INSTRUCTION_LENGTH, in, &full))
		return false;
	*flags = flags_get(&full.d);
	*opaque = in->type == INSN_FIXED && full.d.mnemonic != ZYDIS_MNEMONIC_ENDBR64;
	if (form)
		*kept = *flags;
	return true;
}

/* Whether all flags in `needed` are written on every path from `at` before they are read. The path
 * of a call leads into the function. Stubs of the procedure linkage table may call the dynamic
 * linker, which preserves no flags. */
static bool dead_on_the_way(const struct rewrite *rw, int64_t at, uint32_t needed, unsigned *budget)
{
	struct insn_flags flags;
	struct insn in;
	bool opaque;

	for (; *budget; --*budget) {
		if (!rewrite_in_text(rw, at) || !bit_get(rw->start, at) ||
		    !decode_flags(rw, at, &in, &flags, &opaque) || (flags.read & needed))
			return false;
		switch (in.type) {
		case INSN_PLAIN:
		case INSN_NOP: break;
		case INSN_JMP:
		case INSN_CALL: at = in.target; continue;
		case INSN_JCC:
		case INSN_LOOP:
			--*budget; /* a jump to itself comes back here */
			if (!dead_on_the_way(rw, in.target, needed, budget) || !*budget)
				return false;
			break;
		case INSN_IJMP: return rewrite_in_plt(rw, at);
		case INSN_FIXED:
			if (opaque)
				return false;
			break;
		default: return false;
		}
		needed &= ~(uint32_t)flags.written;
		if (!needed)
			return true;
		at += in.len;
	}
	return false;
}

static bool dead_at(struct rewrite *rw, int64_t at)
{
	if (!rewrite_in_text(rw, at))
		return false;
	if (__atomic_load_n(&rw->flags_known[at / 64], __ATOMIC_ACQUIRE) >> (at % 64) & 1)
		return bit_get(rw->dead, at);
	unsigned budget = FORWARD_MAX;
	bool dead = dead_on_the_way(rw, at, ARITHMETIC, &budget);
	if (dead)
		bit_set(rw->dead, at);
	bit_set(rw->flags_known, at); /* last, because other threads look at it first */
	return dead;
}

/* Whether the instruction computes the address in `reg` or one on the stack, so that its flags have
 * no meaning. */
static bool computes_address(const struct rewrite *rw, const struct insn_full *full,
			     ZydisRegister reg)
{
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT_VISIBLE];

	switch (full->d.mnemonic) {
	case ZYDIS_MNEMONIC_ADD:
	case ZYDIS_MNEMONIC_SUB:
	case ZYDIS_MNEMONIC_SHL:
	case ZYDIS_MNEMONIC_SHR:
	case ZYDIS_MNEMONIC_AND: break;
	default: return false;
	}
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&rw->decoders->full, &full->context, &full->d,
						     op, full->d.operand_count_visible)) ||
	    op[0].type != ZYDIS_OPERAND_TYPE_REGISTER || !flags_written(&full->d))
		return false;
	ZydisRegister to =
		ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, op[0].reg.value);
	return to == ZYDIS_REGISTER_RSP || to == reg;
}

static ZydisRegister jump_register(const struct rewrite *rw, const struct insn *in)
{
	struct insn_full full;
	struct insn unused;

	if (!in->reg_jump || !insn_decode_full(rw, in->addr, in->addr + in->len, &unused, &full))
		return ZYDIS_REGISTER_NONE;
	return ZYDIS_REGISTER_RAX + (full.d.raw.modrm.rm | (full.d.raw.rex.B ? 8 : 0));
}

/* Whether the last flags before an indirect jump come from computing an address, and no instruction
 * in between reads them. */
static bool dead_from_before(const struct rewrite *rw, const struct insn *jump)
{
	const struct func *f = rewrite_func_at(rw, jump->addr);
	ZydisRegister reg = jump_register(rw, jump);
	struct insn_full full;
	struct insn in = *jump;

	for (unsigned n = 0; f && n < BACK_MAX; n++) {
		if (bit_get(rw->target, in.addr) || !insn_before(rw, f, in.addr, &in) ||
		    !insn_decode_full(rw, in.addr, f->end, &in, &full))
			return false;
		if ((in.type != INSN_PLAIN && in.type != INSN_NOP) ||
		    flags_read(&full.d) & ARITHMETIC)
			return false;
		if (flags_written(&full.d) || may_write_none(&full.d))
			return computes_address(rw, &full, reg);
	}
	return false;
}

/* For an indirect jump by a table: it goes to one of the function's labels, or is a tail call. */
static bool dead_at_labels(const struct rewrite *rw, const struct insn *in)
{
	const struct func *f = rewrite_func_at(rw, in->addr);

	return f && f->dead && !f->opaque && !rw->foreign_live;
}

void rewrite_flags_labels(struct rewrite *rw)
{
	for (size_t i = 0; i < rw->funcs.n; i++) {
		struct func *f = &rw->funcs.v[i];
		unsigned labels = 0, live = 0;
		for (uint32_t at = f->start + 1; at < f->end; at++) {
			if (at % 64 == 0 && at + 64 <= f->end && !rw->label[at / 64]) {
				at += 63;
				continue;
			}
			if (!bit_get(rw->label, at))
				continue;
			labels++;
			live += !dead_at(rw, at);
		}
		f->dead = labels && !live;
		/* A label that no jump of its function can reach belongs to another function. */
		rw->foreign_live |= live && !f->indirect;
	}
}

/* Functions get nothing in the arithmetic flags: x86-64 psABI, 3.2.1. */
static bool dead_after(struct rewrite *rw, const struct insn *before)
{
	uint32_t at = before->addr + before->len;
	struct insn next;

	return (insn_decode(rw, at, at + 15, &next) && next.type == INSN_ICALL) || dead_at(rw, at);
}

bool rewrite_flags_dead(struct rewrite *rw, const struct insn *in)
{
	if (in->type == INSN_PLAIN || in->type == INSN_NOP)
		return dead_after(rw, in);
	if (in->type != INSN_IJMP)
		return dead_at(rw, in->target);
	return rewrite_in_plt(rw, in->addr) || dead_from_before(rw, in) || dead_at_labels(rw, in);
}
