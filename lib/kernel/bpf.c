#include "kernel/bpf.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define ALL_CELLS 0xffffu /* BPF_MEMWORDS bits */
#define SHIFT_MASK 31

static bool is_jump(const struct sock_filter *f)
{
	return BPF_CLASS(f->code) == BPF_JMP && BPF_OP(f->code) != BPF_JA;
}

/* Whether seccomp knows the instruction, and its constant makes sense. */
static bool insn_is_valid(const struct sock_filter *f)
{
	switch (f->code) {
	case BPF_LD | BPF_W | BPF_ABS: return f->k < sizeof(struct seccomp_data) && !(f->k & 3);
	case BPF_ALU | BPF_DIV | BPF_K: return f->k != 0;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K: return f->k < 32;
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX: return f->k < BPF_MEMWORDS;
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_ALU | BPF_ADD | BPF_K:
	case BPF_ALU | BPF_ADD | BPF_X:
	case BPF_ALU | BPF_SUB | BPF_K:
	case BPF_ALU | BPF_SUB | BPF_X:
	case BPF_ALU | BPF_MUL | BPF_K:
	case BPF_ALU | BPF_MUL | BPF_X:
	case BPF_ALU | BPF_DIV | BPF_X:
	case BPF_ALU | BPF_AND | BPF_K:
	case BPF_ALU | BPF_AND | BPF_X:
	case BPF_ALU | BPF_OR | BPF_K:
	case BPF_ALU | BPF_OR | BPF_X:
	case BPF_ALU | BPF_XOR | BPF_K:
	case BPF_ALU | BPF_XOR | BPF_X:
	case BPF_ALU | BPF_LSH | BPF_X:
	case BPF_ALU | BPF_RSH | BPF_X:
	case BPF_ALU | BPF_NEG:
	case BPF_JMP | BPF_JA:
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X: return true;
	default: return false;
	}
}

/* Jumps go forwards only, so every program ends. */
static bool jumps_inside(const struct sock_filter *f, unsigned left)
{
	if (f->code == (BPF_JMP | BPF_JA))
		return f->k < left;
	return !is_jump(f) || (f->jt < left && f->jf < left);
}

/* Whether each cell that is loaded has been stored to on every way there: check_load_and_stores()
 * in net/core/filter.c. */
static bool cells_are_stored(const struct sock_filter *f, unsigned n)
{
	uint16_t *at_jump = xmalloc(n * sizeof(*at_jump)), stored = 0;
	bool valid = true;

	memset(at_jump, 0xff, n * sizeof(*at_jump));
	for (unsigned pc = 0; pc < n && valid; pc++) {
		stored &= at_jump[pc];
		switch (f[pc].code) {
		case BPF_ST:
		case BPF_STX: stored |= (uint16_t)(1u << f[pc].k); break;
		case BPF_LD | BPF_MEM:
		case BPF_LDX | BPF_MEM: valid = stored >> f[pc].k & 1; break;
		case BPF_JMP | BPF_JA:
			at_jump[pc + 1 + f[pc].k] &= stored;
			stored = ALL_CELLS;
			break;
		default:
			if (!is_jump(&f[pc]))
				break;
			at_jump[pc + 1 + f[pc].jt] &= stored;
			at_jump[pc + 1 + f[pc].jf] &= stored;
			stored = ALL_CELLS;
		}
	}
	free(at_jump);
	return valid;
}

bool bpf_check(const struct sock_filter *insns, unsigned n)
{
	for (unsigned pc = 0; pc < n; pc++)
		if (!insn_is_valid(&insns[pc]) || !jumps_inside(&insns[pc], n - pc - 1))
			return false;
	return BPF_CLASS(insns[n - 1].code) == BPF_RET && cells_are_stored(insns, n);
}

/* A division by 0 ends the program: the caller looks for that. */
static uint32_t compute(uint16_t code, uint32_t a, uint32_t b)
{
	switch (BPF_OP(code)) {
	case BPF_ADD: return a + b;
	case BPF_SUB: return a - b;
	case BPF_MUL: return a * b;
	case BPF_DIV: return a / b;
	case BPF_AND: return a & b;
	case BPF_OR: return a | b;
	case BPF_XOR: return a ^ b;
	case BPF_LSH: return a << (b & SHIFT_MASK);
	case BPF_RSH: return a >> (b & SHIFT_MASK);
	default: return -a; /* BPF_NEG */
	}
}

static bool compare(uint16_t code, uint32_t a, uint32_t b)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ: return a == b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	default: return a & b; /* BPF_JSET */
	}
}

/* What a load instruction loads. */
static uint32_t load(const struct sock_filter *f, const struct seccomp_data *call,
		     const uint32_t *cells)
{
	uint32_t word;

	switch (BPF_MODE(f->code)) {
	case BPF_ABS: memcpy(&word, (const char *)call + f->k, sizeof(word)); return word;
	case BPF_LEN: return sizeof(*call);
	case BPF_MEM: return cells[f->k];
	default: return f->k; /* BPF_IMM */
	}
}

uint32_t bpf_run(const struct sock_filter *f, const struct seccomp_data *call)
{
	uint32_t a = 0, x = 0, cells[BPF_MEMWORDS] = {0};

	for (;; f++) {
		uint32_t operand = BPF_SRC(f->code) == BPF_X ? x : f->k;
		switch (BPF_CLASS(f->code)) {
		case BPF_LD: a = load(f, call, cells); break;
		case BPF_LDX: x = load(f, call, cells); break;
		case BPF_ST: cells[f->k] = a; break;
		case BPF_STX: cells[f->k] = x; break;
		case BPF_ALU:
			if (BPF_OP(f->code) == BPF_DIV && !operand)
				return 0;
			a = compute(f->code, a, operand);
			break;
		case BPF_JMP:
			f += BPF_OP(f->code) == BPF_JA      ? f->k
			     : compare(f->code, a, operand) ? f->jt
							    : f->jf;
			break;
		case BPF_RET: return BPF_RVAL(f->code) == BPF_A ? a : f->k;
		default: /* BPF_MISC */
			if (BPF_MISCOP(f->code) == BPF_TAX)
				x = a;
			else
				a = x;
		}
	}
}

/* A conditional jump has one target, and a constant of 31 bits. */
static unsigned converted_jump_len(const struct sock_filter *f)
{
	const bool large = BPF_SRC(f->code) == BPF_K && (int32_t)f->k < 0,
		   reversible = BPF_OP(f->code) != BPF_JSET;

	return large + (f->jf == 0 || (f->jt == 0 && reversible) ? 1 : 2);
}

unsigned bpf_converted_len(const struct sock_filter *f, unsigned n)
{
	unsigned len = 3; /* registers are cleared, the context is kept */

	for (unsigned pc = 0; pc < n; pc++)
		switch (f[pc].code) {
		case BPF_ALU | BPF_DIV | BPF_X: len += 5; break;
		case BPF_RET | BPF_K: len += 2; break;
		default: len += is_jump(&f[pc]) ? converted_jump_len(&f[pc]) : 1;
		}
	return len;
}
