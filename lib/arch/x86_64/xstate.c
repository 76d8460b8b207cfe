/* Extended state that was saved on a CPU with another layout. */
#include "arch/x86_64/regs.h"

#include <cpuid.h>
#include <string.h>

/* Of an area: Intel SDM vol. 1, 13.4.1 and 13.4.2. The legacy region has the first two components,
 * and at 464 bytes that the kernel uses for itself. */
#define LEGACY 512
#define LEGACY_OWN 464
#define HEADER 64
#define PART_FIRST 2
#define PART_PKRU 9
/* The kernel's own choice for every program: init_pkru_value, arch/x86/mm/pkeys.c. */
#define PKRU_DEFAULT 0x55555554u

const char *const x86_64_xpart_names[ARCH_XPARTS] = {[2] = "avx",
						     [5] = "avx512 (opmask)",
						     [6] = "avx512 (zmm_hi256)",
						     [7] = "avx512 (hi16_zmm)",
						     [17] = "amx (tilecfg)",
						     [18] = "amx (tiledata)"};

const uint32_t *x86_64_leaf(const uint32_t (*leaves)[6], unsigned n, uint32_t leaf,
			    uint32_t subleaf)
{
	for (unsigned i = 0; i < n; i++)
		if (leaves[i][0] == leaf && leaves[i][1] == subleaf)
			return leaves[i];
	return NULL;
}

/* eax: bytes, ebx: where, ecx bit 0: not for programs. */
static void part_add(struct arch_xlayout *l, unsigned i, const uint32_t r[4])
{
	if (r[0] && !(r[2] & 1)) {
		l->len[i] = r[0];
		l->at[i] = r[1];
	}
}

void arch_xlayout_of(struct arch_xlayout *l, const uint32_t (*leaves)[6], unsigned n)
{
	*l = (struct arch_xlayout){0};
	for (unsigned i = PART_FIRST; i < ARCH_XPARTS; i++) {
		const uint32_t *leaf = x86_64_leaf(leaves, n, 0xd, i);
		if (leaf)
			part_add(l, i, leaf + 2);
	}
}

void arch_xlayout_here(struct arch_xlayout *l)
{
	*l = (struct arch_xlayout){0};
	for (unsigned i = PART_FIRST; i < ARCH_XPARTS; i++) {
		uint32_t r[4];
		if (__get_cpuid_count(0xd, i, &r[0], &r[1], &r[2], &r[3]))
			part_add(l, i, r);
	}
}

static bool is_initial(unsigned part, const uint8_t *bytes, uint32_t len)
{
	uint32_t word;

	if (part == PART_PKRU && len >= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		return word == 0 || word == PKRU_DEFAULT;
	}
	for (uint32_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

static bool inside(uint32_t at, uint32_t len, size_t n)
{
	return len && at >= LEGACY + HEADER && at <= n && len <= n - at;
}

bool arch_xstate_convert(const struct arch_xlayout *from, const uint8_t *in, size_t n,
			 const struct arch_xlayout *to, uint8_t *out, size_t n_out)
{
	uint64_t used, used_out, have_out;

	if (n < LEGACY + HEADER || n_out < LEGACY + HEADER)
		return false;
	memcpy(&used, in + LEGACY, sizeof(used));
	memcpy(&have_out, out + LEGACY_OWN, sizeof(have_out));
	memcpy(&used_out, out + LEGACY, sizeof(used_out));
	/* Components that the recording does not have stay as they are here. */
	used_out = (used & 3) | (used_out & (1ull << PART_PKRU));
	memcpy(out, in, LEGACY_OWN);
	for (unsigned i = PART_FIRST; i < ARCH_XPARTS; i++) {
		/* a program that was shown no components uses none */
		if (!(used >> i & 1) || !from->len[PART_FIRST])
			continue;
		/* The recording does not say where: the areas are as long, so as here. */
		const struct arch_xlayout *l = from->len[i] ? from : to;
		if (!inside(l->at[i], l->len[i], n) || (l == to && n != n_out))
			return false;
		if (have_out >> i & 1 && l->len[i] == to->len[i] &&
		    inside(to->at[i], to->len[i], n_out)) {
			memcpy(out + to->at[i], in + l->at[i], l->len[i]);
			used_out |= 1ull << i;
		} else if (!is_initial(i, in + l->at[i], l->len[i])) {
			return false;
		}
	}
	memcpy(out + LEGACY, &used_out, sizeof(used_out));
	return true;
}
