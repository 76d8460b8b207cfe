/* Converts the extended state from one machine's layout to that of another. */
#include "arch/arch.h"
#include "util/size.h"

#include <stdio.h>
#include <string.h>

#define WHY "no more"
#include "check.h"

enum { AVX = 2, OPMASK = 5, PKRU = 9, HEADER = 512, OWN = 464, SIZE = 2696 };

/* The layouts of two makers of processors. */
static const struct arch_xlayout one = {
	.at = {[AVX] = 576, [OPMASK] = 1088, [6] = 1152, [7] = 1664, [PKRU] = 2688},
	.len = {[AVX] = 256, [OPMASK] = 64, [6] = 512, [7] = 1024, [PKRU] = 8}};
static const struct arch_xlayout other = {
	.at = {[AVX] = 576, [OPMASK] = 832, [6] = 896, [7] = 1408, [PKRU] = 2432},
	.len = {[AVX] = 256, [OPMASK] = 64, [6] = 512, [7] = 1024, [PKRU] = 8}};
static const struct arch_xlayout small = {.at = {[AVX] = 576}, .len = {[AVX] = 256}};
static const struct arch_xlayout none;

static uint8_t in[SIZE], out[SIZE];

static void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* `in` has a machine's layout, with the used parts filled with their numbers. `out` is that of a
 * new task. */
static void areas(const struct arch_xlayout *from, uint64_t used, uint64_t have_out)
{
	memset(in, 0, sizeof(in));
	memset(out, 0xee, sizeof(out));
	memset(in, 1, OWN);
	put64(in + HEADER, used);
	for (unsigned i = AVX; i < ARCH_XPARTS; i++)
		if (used >> i & 1)
			memset(in + from->at[i], (int)i, from->len[i]);
	put64(out + OWN, have_out);
	put64(out + HEADER, 0);
}

static bool filled(const uint8_t *p, unsigned with, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != with)
			return false;
	return true;
}

static void parts_are_moved(void)
{
	areas(&one, 0xe7, 0x2e7);
	CHECK(arch_xstate_convert(&one, in, SIZE, &other, out, 2440));
	CHECK(get64(out + HEADER) == 0xe7 && get64(out + OWN) == 0x2e7);
	CHECK(filled(out, 1, OWN));
	for (unsigned i = AVX; i <= 7; i++)
		CHECK(filled(out + other.at[i], other.len[i] ? i : 0, other.len[i]));
	CHECK(filled(out + 2440, 0xee, SIZE - 2440));
}

static void an_unused_part_needs_no_place(void)
{
	areas(&one, 0xe7, 7);
	memset(in + one.at[OPMASK], 0, SIZE - one.at[OPMASK]);
	CHECK(arch_xstate_convert(&one, in, SIZE, &small, out, 832));
	CHECK(get64(out + HEADER) == 7);
	in[one.at[7] + 1000] = 1;
	CHECK(!arch_xstate_convert(&one, in, SIZE, &small, out, 832));
}

static void protection_keys_that_are_not_set(void)
{
	areas(&one, 0x203, 7);
	put64(in + one.at[PKRU], 0x55555554);
	CHECK(arch_xstate_convert(&one, in, SIZE, &small, out, 832) && get64(out + HEADER) == 3);
	put64(in + one.at[PKRU], 0x55555550);
	CHECK(!arch_xstate_convert(&one, in, SIZE, &small, out, 832));
	areas(&small, 3, 0x207);
	put64(out + HEADER, 0x207);
	CHECK(arch_xstate_convert(&small, in, 832, &other, out, 2440) &&
	      get64(out + HEADER) == 0x203);
}

static void a_layout_that_is_not_known(void)
{
	areas(&one, 0x207, 3);
	CHECK(arch_xstate_convert(&none, in, SIZE, &small, out, 832) && get64(out + HEADER) == 3);
	/* only its beginning, as in old traces */
	areas(&one, 0xe7, 0xe7);
	CHECK(arch_xstate_convert(&small, in, SIZE, &one, out, SIZE) &&
	      get64(out + HEADER) == 0xe7);
	CHECK(filled(out + one.at[7], 7, one.len[7]));
	CHECK(!arch_xstate_convert(&small, in, SIZE, &other, out, 2440));
}

static void areas_that_are_too_short(void)
{
	const struct arch_xlayout mad = {.at = {[AVX] = UINT32_MAX - 10, [7] = 3},
					 .len = {[AVX] = 256, [7] = UINT32_MAX}};

	areas(&one, 0xe7, 0xe7);
	for (size_t n = 0; n < SIZE - 16; n++)
		CHECK(!arch_xstate_convert(&one, in, n, &one, out, SIZE));
	for (size_t n = 0; n < SIZE - 16; n++)
		CHECK(!arch_xstate_convert(&one, in, SIZE, &one, out, n));
	CHECK(!arch_xstate_convert(&mad, in, SIZE, &one, out, SIZE));
	CHECK(!arch_xstate_convert(&one, in, SIZE, &mad, out, SIZE));
}

static const struct test tests[] = {
	{"parts are moved", parts_are_moved},
	{"an unused part needs no place", an_unused_part_needs_no_place},
	{"protection keys that are not set", protection_keys_that_are_not_set},
	{"a layout that is not known", a_layout_that_is_not_known},
	{"areas that are too short", areas_that_are_too_short},
};

int main(void)
{
	return tests_run("xstate", tests, ARRAY_LEN(tests));
}
