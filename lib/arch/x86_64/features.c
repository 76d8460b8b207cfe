/* A CPU with fewer features than this one, as CPUID and XGETBV describe it. */
#include "arch/x86_64/regs.h"
#include "util/alloc.h"
#include "util/size.h"

#include <cpuid.h>
#include <stdlib.h>
#include <string.h>

enum { EAX, EBX, ECX, EDX };

/* Where a feature's bit is. Sources: Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E. Names:
 * Linux' /proc/cpuinfo. level: the x86-64 psABI's micro-architecture level that first has it; 9:
 * none of them. without: the feature without which it cannot be used. */
static const struct feature {
	const char *name;
	uint32_t leaf, subleaf;
	uint8_t reg, bit, level;
	const char *without;
} features[] = {
	{"pni", 1, 0, ECX, 0, 2, NULL},
	{"pclmulqdq", 1, 0, ECX, 1, 9, NULL},
	{"ssse3", 1, 0, ECX, 9, 2, NULL},
	{"fma", 1, 0, ECX, 12, 3, "avx"},
	{"cx16", 1, 0, ECX, 13, 2, NULL},
	{"sse4_1", 1, 0, ECX, 19, 2, NULL},
	{"sse4_2", 1, 0, ECX, 20, 2, NULL},
	{"movbe", 1, 0, ECX, 22, 3, NULL},
	{"popcnt", 1, 0, ECX, 23, 2, NULL},
	{"aes", 1, 0, ECX, 25, 9, NULL},
	{"xsave", 1, 0, ECX, 26, 3, NULL},
	{"osxsave", 1, 0, ECX, 27, 3, "xsave"},
	{"avx", 1, 0, ECX, 28, 3, "xsave"},
	{"f16c", 1, 0, ECX, 29, 3, "avx"},
	{"rdrand", 1, 0, ECX, 30, 9, NULL},
	{"fsgsbase", 7, 0, EBX, 0, 9, NULL},
	{"bmi1", 7, 0, EBX, 3, 3, NULL},
	{"hle", 7, 0, EBX, 4, 9, NULL},
	{"avx2", 7, 0, EBX, 5, 3, "avx"},
	{"bmi2", 7, 0, EBX, 8, 3, NULL},
	{"erms", 7, 0, EBX, 9, 9, NULL},
	{"rtm", 7, 0, EBX, 11, 9, NULL},
	{"avx512f", 7, 0, EBX, 16, 4, "avx"},
	{"avx512dq", 7, 0, EBX, 17, 4, "avx512f"},
	{"rdseed", 7, 0, EBX, 18, 9, NULL},
	{"adx", 7, 0, EBX, 19, 9, NULL},
	{"avx512ifma", 7, 0, EBX, 21, 9, "avx512f"},
	{"clflushopt", 7, 0, EBX, 23, 9, NULL},
	{"clwb", 7, 0, EBX, 24, 9, NULL},
	{"avx512cd", 7, 0, EBX, 28, 4, "avx512f"},
	{"sha_ni", 7, 0, EBX, 29, 9, NULL},
	{"avx512bw", 7, 0, EBX, 30, 4, "avx512f"},
	{"avx512vl", 7, 0, EBX, 31, 4, "avx512f"},
	{"avx512vbmi", 7, 0, ECX, 1, 9, "avx512f"},
	{"pku", 7, 0, ECX, 3, 9, NULL},
	{"ospke", 7, 0, ECX, 4, 9, NULL},
	{"waitpkg", 7, 0, ECX, 5, 9, NULL},
	{"avx512_vbmi2", 7, 0, ECX, 6, 9, "avx512f"},
	{"gfni", 7, 0, ECX, 8, 9, NULL},
	{"vaes", 7, 0, ECX, 9, 9, "avx"},
	{"vpclmulqdq", 7, 0, ECX, 10, 9, "avx"},
	{"avx512_vnni", 7, 0, ECX, 11, 9, "avx512f"},
	{"avx512_bitalg", 7, 0, ECX, 12, 9, "avx512f"},
	{"avx512_vpopcntdq", 7, 0, ECX, 14, 9, "avx512f"},
	{"rdpid", 7, 0, ECX, 22, 9, NULL},
	{"movdiri", 7, 0, ECX, 27, 9, NULL},
	{"movdir64b", 7, 0, ECX, 28, 9, NULL},
	{"fsrm", 7, 0, EDX, 4, 9, NULL},
	{"avx512_vp2intersect", 7, 0, EDX, 8, 9, "avx512f"},
	{"serialize", 7, 0, EDX, 14, 9, NULL},
	{"amx_bf16", 7, 0, EDX, 22, 9, "xsave"},
	{"avx512_fp16", 7, 0, EDX, 23, 9, "avx512f"},
	{"amx_tile", 7, 0, EDX, 24, 9, "xsave"},
	{"amx_int8", 7, 0, EDX, 25, 9, "xsave"},
	{"avx_vnni", 7, 1, EAX, 4, 9, "avx2"},
	{"avx512_bf16", 7, 1, EAX, 5, 9, "avx512f"},
	{"xsaveopt", 0xd, 1, EAX, 0, 3, "xsave"},
	{"xsavec", 0xd, 1, EAX, 1, 4, "xsave"},
	{"xgetbv1", 0xd, 1, EAX, 2, 9, "xsave"},
	{"xsaves", 0xd, 1, EAX, 3, 9, "xsave"},
	{"lahf_lm", 0x80000001, 0, ECX, 0, 2, NULL},
	{"abm", 0x80000001, 0, ECX, 5, 3, NULL},
	{"sse4a", 0x80000001, 0, ECX, 6, 9, NULL},
	{"3dnowprefetch", 0x80000001, 0, ECX, 8, 9, NULL},
	{"xop", 0x80000001, 0, ECX, 11, 9, "avx"},
	{"fma4", 0x80000001, 0, ECX, 16, 9, "avx"},
	{"tbm", 0x80000001, 0, ECX, 21, 9, NULL},
	{"mwaitx", 0x80000001, 0, ECX, 29, 9, NULL},
};

_Static_assert(ARRAY_LEN(features) <= sizeof(((struct arch_features *)0)->off) * 8,
	       "a bit for each");

static bool is_off(const struct arch_features *f, size_t i)
{
	return f->off[i / 64] >> (i % 64) & 1;
}

static void set_off(struct arch_features *f, size_t i)
{
	f->off[i / 64] |= 1ull << (i % 64);
}

static int find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(features); i++)
		if (strlen(features[i].name) == len && !memcmp(features[i].name, name, len))
			return (int)i;
	return -1;
}

/* What cannot be used without what is off goes as well. */
static void follow(struct arch_features *f)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < ARRAY_LEN(features); i++) {
			const char *w = features[i].without;
			if (!w || is_off(f, i) || !is_off(f, (size_t)find(w, strlen(w))))
				continue;
			set_off(f, i);
			more = true;
		}
	}
}

static bool take_level(struct arch_features *f, const char *s, size_t len)
{
	if (len == 6 && !memcmp(s, "x86-64", 6))
		f->level = 1;
	else if (len == 9 && !memcmp(s, "x86-64-v", 8) && s[8] >= '1' && s[8] <= '4')
		f->level = s[8] - '0';
	else
		return false;
	for (size_t i = 0; i < ARRAY_LEN(features); i++)
		if (features[i].level > f->level)
			set_off(f, i);
	return true;
}

bool arch_features_take(struct arch_features *f, const char *s)
{
	while (*s) {
		size_t len = strcspn(s, ",");
		int i = len > 1 && s[0] == '-' ? find(s + 1, len - 1) : -1;
		if (i >= 0)
			set_off(f, (size_t)i);
		else if (!take_level(f, s, len))
			return false;
		s += len + (s[len] == ',');
	}
	follow(f);
	return true;
}

/* State components of the extended state, by the feature without which they are not there: Intel
 * SDM vol. 1, 13.1. */
static const struct {
	const char *name;
	uint64_t bits;
} components[] = {{"avx", 1 << 2}, {"avx512f", 7 << 5}, {"pku", 1 << 9}, {"amx_tile", 3 << 17}};

uint64_t x86_64_features_xcr0(const struct arch_features *f, uint64_t xcr0)
{
	for (size_t i = 0; i < ARRAY_LEN(components); i++)
		if (is_off(f, (size_t)find(components[i].name, strlen(components[i].name))))
			xcr0 &= ~components[i].bits;
	return xcr0;
}

/* The last leaf that CPUs of the level have: later ones describe newer features. */
static uint32_t max_leaf(const struct arch_features *f)
{
	return f->level && f->level <= 2 ? 0xb : 0xd;
}

void x86_64_features_cpuid(const struct arch_features *f, uint32_t leaf, uint32_t subleaf,
			   uint32_t r[4])
{
	if (f->level && f->level < 4 && leaf > max_leaf(f) && leaf < 0x40000000u) {
		memset(r, 0, 4 * sizeof(*r));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(features); i++)
		if (is_off(f, i) && features[i].leaf == leaf && features[i].subleaf == subleaf)
			r[features[i].reg] &= ~(1u << features[i].bit);
	if (leaf == 0 && f->level && f->level < 4 && r[EAX] > max_leaf(f))
		r[EAX] = max_leaf(f);
	if (leaf == 0xd && subleaf == 0)
		r[EAX] = (uint32_t)x86_64_features_xcr0(f, r[EAX]);
}

/* Those that no program misses: they only make instructions faster, are for the kernel, or have to
 * be asked for from it (protection keys). */
static bool is_dispensable(const char *name)
{
	static const char *const names[] = {"erms",   "fsrm", "hle",  "3dnowprefetch",
					    "xsaves", "pku",  "ospke"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static bool has_here(const struct feature *f, const struct arch_features *pretend)
{
	uint32_t r[4] = {0};

	if (!__get_cpuid_count(f->leaf, f->subleaf, &r[EAX], &r[EBX], &r[ECX], &r[EDX]))
		return false;
	x86_64_features_cpuid(pretend, f->leaf, f->subleaf, r);
	return r[f->reg] >> f->bit & 1;
}

char *x86_64_features_missing(const uint32_t (*leaves)[6], unsigned n,
			      const struct arch_features *pretend)
{
	char *names = xstrdup("");

	for (size_t i = 0; i < ARRAY_LEN(features); i++) {
		const struct feature *f = &features[i];
		const uint32_t *leaf = x86_64_leaf(leaves, n, f->leaf, f->subleaf);
		if (!leaf || !(leaf[2 + f->reg] >> f->bit & 1) || is_dispensable(f->name) ||
		    has_here(f, pretend))
			continue;
		char *more = xasprintf("%s%s%s", names, *names ? " " : "", f->name);
		free(names);
		names = more;
	}
	return names;
}
