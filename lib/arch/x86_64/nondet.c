/* Nondeterministic instructions, and their emulation. */
#include "arch/x86_64/regs.h"
#include "util/size.h"

#include <cpuid.h>
#include <immintrin.h>

static const char *const names[NONDETS] = {
	[NONDET_RDTSC] = "rdtsc",   [NONDET_RDTSCP] = "rdtscp", [NONDET_CPUID] = "cpuid",
	[NONDET_RDRAND] = "rdrand", [NONDET_RDSEED] = "rdseed", [NONDET_RDPID] = "rdpid",
	[NONDET_XGETBV] = "xgetbv",
};

const char *arch_nondet_name(unsigned kind)
{
	return kind < ARRAY_LEN(names) ? names[kind] : NULL;
}

bool arch_nondet_is_clock(unsigned kind)
{
	return kind == NONDET_RDTSC || kind == NONDET_RDTSCP;
}

bool arch_nondet_at(const uint8_t *b, size_t n, struct arch_nondet *c)
{
	if (n >= 2 && b[0] == 0x0f && b[1] == 0x31) {
		*c = (struct arch_nondet){.kind = NONDET_RDTSC, .len = 2};
		return true;
	}
	if (n >= 3 && b[0] == 0x0f && b[1] == 0x01 && b[2] == 0xf9) {
		*c = (struct arch_nondet){.kind = NONDET_RDTSCP, .len = 3};
		return true;
	}
	return false;
}

/* rdrand and rdseed set the carry flag if there was a number, and clear the other arithmetic flags.
 */
__attribute__((target("rdrnd,rdseed"))) static bool draw(unsigned kind, uint64_t *value)
{
	unsigned a, b, c = 0, d;
	unsigned long long v = 0;
	int ok = 0;

	if (kind == NONDET_RDRAND && __get_cpuid(1, &a, &b, &c, &d) && (c & bit_RDRND))
		ok = _rdrand64_step(&v);
	if (kind == NONDET_RDSEED && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_RDSEED))
		ok = _rdseed64_step(&v);
	*value = ok ? v : 0;
	return ok;
}

static void set_sized(struct trace_regs *g, unsigned reg, unsigned size, uint64_t v)
{
	uint64_t *r = &g->r[arch_reg_by_number[reg & 15]];

	*r = size == 2 ? (*r & ~0xffffull) | (v & 0xffff) : size == 4 ? (uint32_t)v : v;
}

static void set_pair(struct trace_regs *g, uint64_t v)
{
	g->r[R_RAX] = (uint32_t)v;
	g->r[R_RDX] = v >> 32;
}

static uint64_t do_cpuid(struct trace_regs *g, const struct arch_features *f)
{
	uint32_t leaf = (uint32_t)g->r[R_RAX], subleaf = (uint32_t)g->r[R_RCX], r[4];

	__cpuid_count(leaf, subleaf, r[0], r[1], r[2], r[3]);
	x86_64_features_cpuid(f, leaf, leaf == 7 || leaf == 0xd ? subleaf : 0, r);
	g->r[R_RAX] = r[0];
	g->r[R_RBX] = r[1];
	g->r[R_RCX] = r[2];
	g->r[R_RDX] = r[3];
	return r[0];
}

/* Register 1 (the state components in use) exists only where CPUID says so; without it, the program
 * gets 0. */
__attribute__((target("xsave"))) static uint64_t do_xgetbv(uint32_t which)
{
	unsigned a, b, c, d;

	if (which == 0)
		return _xgetbv(0);
	return which == 1 && __get_cpuid_count(0xd, 1, &a, &b, &c, &d) && (a & 4) ? _xgetbv(1) : 0;
}

uint64_t arch_nondet_emulate(struct trace_regs *g, const struct arch_nondet *c,
			     const struct arch_features *f)
{
	uint64_t v = 0;
	uint32_t aux;
	bool ok;

	switch (c->kind) {
	case NONDET_RDTSC:
	case NONDET_RDTSCP:
		v = x86_64_read_tsc(&aux);
		set_pair(g, v);
		if (c->kind == NONDET_RDTSCP)
			g->r[R_RCX] = aux;
		break;
	case NONDET_CPUID: v = do_cpuid(g, f); break;
	case NONDET_RDRAND:
	case NONDET_RDSEED:
		ok = draw(c->kind, &v);
		set_sized(g, c->reg, c->size, v);
		g->r[R_EFLAGS] = (g->r[R_EFLAGS] & ~(uint64_t)FLAGS_ARITH) | (ok ? FLAG_CARRY : 0);
		break;
	case NONDET_RDPID:
		x86_64_read_tsc(&aux);
		set_sized(g, c->reg, 8, v = aux);
		break;
	case NONDET_XGETBV:
		v = x86_64_features_xcr0(f, do_xgetbv((uint32_t)g->r[R_RCX]));
		set_pair(g, v);
		break;
	default: break;
	}
	ARCH_PC(g) += c->len;
	return v;
}
