/* Whether a trace of another CPU can be replayed on this one. */
#include "arch/x86_64/regs.h"
#include "util/alloc.h"

#include <cpuid.h>
#include <stdlib.h>

/* Bits of a linear address: CPUID leaf 0x80000008. */
static unsigned address_bits(uint32_t eax)
{
	return eax >> 8 & 0xff;
}

static char *address_misfit(const uint32_t (*leaves)[6], unsigned n)
{
	const uint32_t *leaf = x86_64_leaf(leaves, n, 0x80000008, 0);
	uint32_t a, b, c, d;

	if (!leaf || !__get_cpuid(0x80000008, &a, &b, &c, &d) ||
	    address_bits(leaf[2]) <= address_bits(a))
		return NULL;
	return xasprintf("was recorded with addresses of %u bits, and this machine has %u",
			 address_bits(leaf[2]), address_bits(a));
}

/* Programs save components of the extended state by themselves, so these must be where they were.
 */
static char *layout_misfit(const uint32_t (*leaves)[6], unsigned n,
			   const struct arch_xlayout *there, const struct arch_features *pretend)
{
	const uint32_t *leaf = x86_64_leaf(leaves, n, 0xd, 0);
	struct arch_xlayout here;
	uint32_t a = 0, b, c, d;

	if (!leaf)
		return NULL;
	arch_xlayout_here(&here);
	__get_cpuid_count(0xd, 0, &a, &b, &c, &d);
	uint64_t have = x86_64_features_xcr0(pretend, a);
	for (unsigned i = 0; i < ARCH_XPARTS; i++) {
		if (!(leaf[2] >> i & 1) || !there->len[i] || !x86_64_xpart_names[i])
			continue;
		if (!(have >> i & 1))
			return xasprintf(
				"was recorded with the register state of %s, which this machine does not keep",
				x86_64_xpart_names[i]);
		if (here.at[i] != there->at[i] || here.len[i] != there->len[i])
			return xasprintf(
				"was recorded with the register state of %s at byte %u of what XSAVE saves; here it is at %u",
				x86_64_xpart_names[i], there->at[i], here.at[i]);
	}
	return NULL;
}

static char *features_misfit(const uint32_t (*leaves)[6], unsigned n,
			     const struct arch_features *pretend)
{
	char *names = x86_64_features_missing(leaves, n, pretend);
	char *why =
		*names ? xasprintf(
				 "was recorded on a processor with features that this one lacks: %s",
				 names)
		       : NULL;

	free(names);
	return why;
}

char *arch_machine_misfit(const uint32_t (*leaves)[6], unsigned n,
			  const struct arch_features *pretend)
{
	struct arch_xlayout there;
	char *why = address_misfit(leaves, n);

	arch_xlayout_of(&there, leaves, n);
	why = why ? why : features_misfit(leaves, n, pretend);
	return why ? why : layout_misfit(leaves, n, &there, pretend);
}
