/* The event that counts retired conditional branches, by processor. */
#include "counter/hpc.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/size.h"

#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Intel SDM vol. 3B, chapter 20, and the event lists of perfmon.intel.com:
 * BR_INST_RETIRED.CONDITIONAL (Nehalem to Cascade Lake), BR_INST_RETIRED.COND (Ice Lake and later;
 * Atoms from Gracemont on). AMD's Processor Programming References for families 17h, 19h and 1Ah:
 * PMCx0D1 ExRetCond. Models: arch/x86/include/asm/intel-family.h. */
#define EVENT(code, umask) ((umask) << 8 | (code)) /* bits of IA32_PERFEVTSELx */
#define INTEL_OLD EVENT(0xc4, 0x01)
#define INTEL_NEW EVENT(0xc4, 0x11)
#define INTEL_ATOM EVENT(0xc4, 0x7e)
#define AMD_ZEN EVENT(0xd1, 0x00)

/* No manual gives a bound of the skid. These are far above published latencies of interrupts, and
 * the self-test checks them. Too wide a bound only makes a replay stop at more breakpoints. */
#define INTEL_SKID 200
#define AMD_SKID 1000

/* AMD's speculation across lock prefixes, SpecLockMap: when it is undone, branches are counted
 * twice. PPR for family 17h, PMCx025 LsLocks, bit 3: SpecLockMapCommit. Bit 54 of MSR C001_1020
 * (LS_CFG) turns it off. */
#define LOCK_MAP_COMMIT 0x0825

const char hpc_lock_map_text[] =
	"this AMD processor miscounts around lock prefixes unless bit 54 of MSR 0xc0011020 is set (SpecLockMap)";

struct row {
	uint64_t config;
	const char *name;
	const uint8_t *models; /* terminated by 0; NULL: all of the family */
	unsigned family, skid;
	bool lock_map;
};

static const uint8_t nehalem[] = {0x1a, 0x1e, 0x1f, 0x2e, 0x25, 0x2c, 0x2f, 0};
static const uint8_t sandy_bridge[] = {0x2a, 0x2d, 0x3a, 0x3e, 0};
static const uint8_t haswell[] = {0x3c, 0x3f, 0x45, 0x46, 0x3d, 0x47, 0x4f, 0x56, 0};
static const uint8_t skylake[] = {0x4e, 0x5e, 0x55, 0x8e, 0x9e, 0xa5, 0xa6, 0x66, 0};
static const uint8_t ice_lake[] = {0x7d, 0x7e, 0x6a, 0x6c, 0x8c, 0x8d, 0xa7, 0};
static const uint8_t golden_cove[] = {0x97, 0x9a, 0xb7, 0xba, 0xbf, 0x8f, 0xcf, 0xaa,
				      0xac, 0xad, 0xae, 0xbd, 0xb5, 0xc5, 0xc6, 0};
static const uint8_t gracemont[] = {0xbe, 0};

static const struct row intel[] = {{INTEL_OLD, "intel-c4-01", nehalem, 6, INTEL_SKID, false},
				   {INTEL_OLD, "intel-c4-01", sandy_bridge, 6, INTEL_SKID, false},
				   {INTEL_OLD, "intel-c4-01", haswell, 6, INTEL_SKID, false},
				   {INTEL_OLD, "intel-c4-01", skylake, 6, INTEL_SKID, false},
				   {INTEL_NEW, "intel-c4-11", ice_lake, 6, INTEL_SKID, false},
				   {INTEL_NEW, "intel-c4-11", golden_cove, 6, INTEL_SKID, false},
				   {INTEL_ATOM, "intel-c4-7e", gracemont, 6, INTEL_SKID, false},
				   {0}};
/* The small cores of a processor that has two kinds, from Gracemont on. */
static const struct row small_core = {INTEL_ATOM, "intel-c4-7e", NULL, 6, INTEL_SKID, false};
static const struct row amd[] = {{AMD_ZEN, "amd-d1", NULL, 0x17, AMD_SKID, true}, /* Zen, Zen 2 */
				 {AMD_ZEN, "amd-d1", NULL, 0x19, AMD_SKID, true}, /* Zen 3, Zen 4 */
				 {AMD_ZEN, "amd-d1", NULL, 0x1a, AMD_SKID, true}, /* Zen 5 */
				 {0}};
static const struct row hygon[] = {{AMD_ZEN, "amd-d1", NULL, 0x18, AMD_SKID, true}, {0}};

static const struct {
	char vendor[13];
	const struct row *rows;
} vendors[] = {{"GenuineIntel", intel}, {"AuthenticAMD", amd}, {"HygonGenuine", hygon}};

static const struct row *find(const char *vendor, unsigned family, unsigned model)
{
	const struct row *r = NULL;

	for (size_t i = 0; i < ARRAY_LEN(vendors); i++)
		if (!strcmp(vendors[i].vendor, vendor))
			r = vendors[i].rows;
	for (; r && r->name; r++)
		if (r->family == family &&
		    (!r->models || (model && strchr((const char *)r->models, (int)model))))
			return r;
	return NULL;
}

/* A processor with two kinds of cores has a PMU for each kind, whose number is in a file. */
static int pmu_type(const char *name)
{
	char *path = xasprintf("/sys/bus/event_source/devices/%s/type", name);
	char *text = file_read(path, 32, NULL);
	int type = text ? atoi(text) : -1;

	free(text);
	free(path);
	return type;
}

#define HYBRID (1u << 15) /* CPUID.7.0:EDX */
#define CORE_ATOM 0x20u   /* CPUID.1A:EAX, bits 31 to 24 */

static const struct row *core_of_hybrid(const struct row *r, struct hpc_kind *k)
{
	unsigned a = 0, b = 0, c = 0, d = 0;

	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & HYBRID) ||
	    !__get_cpuid_count(0x1a, 0, &a, &b, &c, &d))
		return r;
	bool atom = a >> 24 == CORE_ATOM;
	int type = pmu_type(atom ? "cpu_atom" : "cpu_core");
	if (type >= 0)
		k->event.type = (uint32_t)type;
	return atom ? &small_core : r;
}

const char *hpc_kind_here(struct hpc_kind *k)
{
	static char why[112];
	char vendor[13] = "";
	unsigned a = 0, b = 0, c = 0, d = 0;

	__get_cpuid(0, &a, (unsigned *)vendor, (unsigned *)(vendor + 8), (unsigned *)(vendor + 4));
	__get_cpuid(1, &a, &b, &c, &d);
	unsigned family = a >> 8 & 0xf, model = a >> 4 & 0xf;
	if (family == 6 || family == 15)
		model |= a >> 12 & 0xf0;
	if (family == 15)
		family += a >> 20 & 0xff;
	memset(k, 0, sizeof(*k));
	/* for tests: an event that never occurs, so that only registers identify points */
	if (getenv("RR_HPC_DUMMY")) {
		k->event.type = PERF_TYPE_SOFTWARE;
		k->event.config = PERF_COUNT_SW_DUMMY;
		snprintf(k->name, sizeof(k->name), "dummy");
		return NULL;
	}
	k->event.type = PERF_TYPE_RAW;
	const struct row *r = find(vendor, family, model);
	if (r)
		r = core_of_hybrid(r, k);
	if (!r) {
		snprintf(
			why, sizeof(why),
			"no event is known that counts branches of this processor (%s, family 0x%x, model 0x%x)",
			vendor, family, model);
		return why;
	}
	k->event.config = r->config;
	k->skid = r->skid;
	k->lock_map = r->lock_map ? LOCK_MAP_COMMIT : 0;
	snprintf(k->name, sizeof(k->name), "%s", r->name);
	return NULL;
}
