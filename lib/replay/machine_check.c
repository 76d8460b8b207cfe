#include "replay/machine_check.h"

#include "arch/arch.h"
#include "tracee/task.h"
#include "util/util.h"

#include <cpuid.h>
#include <stdlib.h>
#include <unistd.h>

static const uint32_t *leaf_of(const struct trace_meta *m, uint32_t leaf, uint32_t subleaf)
{
	return arch_leaf((const uint32_t(*)[6])m->leaves, m->nleaves, leaf, subleaf);
}

/* Bits of a linear address, from CPUID leaf 0x80000008. */
static unsigned address_bits(uint32_t eax)
{
	return eax >> 8 & 0xff;
}

static char *address_misfit(const struct trace_meta *m)
{
	const uint32_t *leaf = leaf_of(m, 0x80000008, 0);
	uint32_t a, b, c, d;

	if (!leaf || !__get_cpuid(0x80000008, &a, &b, &c, &d) ||
	    address_bits(leaf[2]) <= address_bits(a))
		return NULL;
	return xasprintf("was recorded with addresses of %u bits, and this machine has %u",
			 address_bits(leaf[2]), address_bits(a));
}

/* Programs use XSAVE themselves, so the parts must lie where they lay in the recording. */
static char *layout_misfit(const struct trace_meta *m, const struct arch_xlayout *there,
			   const struct arch_features *pretend)
{
	const uint32_t *leaf = leaf_of(m, 0xd, 0);
	struct arch_xlayout here;
	uint32_t a = 0, b, c, d;

	if (!leaf)
		return NULL;
	arch_xlayout_here(&here);
	__get_cpuid_count(0xd, 0, &a, &b, &c, &d);
	uint64_t have = arch_features_xcr0(pretend, a);
	for (unsigned i = 0; i < ARCH_XPARTS; i++) {
		if (!(leaf[2] >> i & 1) || !there->len[i] || !arch_xpart_names[i])
			continue;
		if (!(have >> i & 1))
			return xasprintf(
				"was recorded with the register state of %s, which this machine does not keep",
				arch_xpart_names[i]);
		if (here.at[i] != there->at[i] || here.len[i] != there->len[i])
			return xasprintf(
				"was recorded with the register state of %s at byte %u of what XSAVE saves; here it is at %u",
				arch_xpart_names[i], there->at[i], here.at[i]);
	}
	return NULL;
}

static char *features_misfit(const struct trace_meta *m, const struct arch_features *pretend)
{
	char *names = arch_features_missing((const uint32_t(*)[6])m->leaves, m->nleaves, pretend);
	char *why =
		*names ? xasprintf(
				 "was recorded on a processor with features that this one lacks: %s",
				 names)
		       : NULL;

	free(names);
	return why;
}

char *replayer_machine_misfit(const struct trace_meta *m)
{
	struct arch_features pretend = {0};
	struct arch_xlayout there;
	const char *list = getenv("RR_PRETEND_CPU"); /* for tests: as rr-record's --cpu-features */
	char *why = NULL;

	if (list)
		arch_features_take(&pretend, list);
	arch_xlayout_of(&there, (const uint32_t(*)[6])m->leaves, m->nleaves);
	task_xstate_recorded(&there);
	if (m->page_size && m->page_size != (unsigned)sysconf(_SC_PAGESIZE))
		why = xasprintf("was recorded with pages of %u bytes", m->page_size);
	why = why ? why : address_misfit(m);
	why = why ? why : features_misfit(m, &pretend);
	return why ? why : layout_misfit(m, &there, &pretend);
}
