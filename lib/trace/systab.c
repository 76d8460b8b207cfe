#include "trace/systab.h"

#include "util/array.h"

#include <linux/ioctl.h>
#include <string.h>

const struct sys_desc *systab_get(uint64_t nr)
{
	if (nr >= SYSTAB_MAX || !systab[nr].name)
		return NULL;
	return &systab[nr];
}

int systab_find(const char *name)
{
	size_t at =
		ARRAY_SEARCH(i, SYSTAB_CALLS, strcmp(systab[systab_by_name[i]].name, name) >= 0);

	return at < SYSTAB_CALLS && !strcmp(systab[systab_by_name[at]].name, name)
		       ? systab_by_name[at]
		       : -1;
}

/* The little-endian word of `size` bytes at addr. */
static uint64_t word_at(const struct sys_values *v, uint64_t addr, size_t size)
{
	uint64_t word = 0; /* little-endian */

	return addr && !v->read(v->ctx, addr, &word, size) ? word : SYS_LENGTH_UNKNOWN;
}

static uint64_t result_length(const struct sys_arg *a, const struct sys_values *v)
{
	uint64_t n = v->returned && v->result > 0 ? (uint64_t)v->result : 0;

	return a->len_arg && n > v->args[a->len_arg - 1] ? v->args[a->len_arg - 1] : n;
}

/* The kernel stores the full length there, but writes at most the buffer's capacity. */
static uint64_t stored_length(const struct sys_arg *a, int i, const struct sys_values *v)
{
	uint64_t n = word_at(v, v->args[a->len_arg], 4);

	if (n != SYS_LENGTH_UNKNOWN && v->returned && v->cap && v->cap[i] && n > v->cap[i])
		return v->cap[i];
	return n;
}

/* A buffer's length may have a constant added to it. */
static uint64_t with_constant(const struct sys_arg *a, uint64_t n)
{
	return a->type == T_BUF && n <= SYS_LENGTH_UNKNOWN - a->sub ? n + a->sub : n;
}

/* Bit sets have whole words of 64 bits, for as many descriptors as the first argument says. */
static uint64_t fdset_length(const struct sys_values *v)
{
	int n = (int)v->args[0];

	return n <= 0 ? 0 : ((uint64_t)n + 63) / 64 * 8;
}

uint64_t systab_length(const struct sys_arg *a, int i, const struct sys_values *v)
{
	if (a->type == T_FDSET)
		return fdset_length(v);
	switch (a->len_src) {
	case LEN_ARG: return with_constant(a, v->args[a->len_arg]);
	case LEN_RET: return with_constant(a, result_length(a, v));
	case LEN_PTR: return with_constant(a, stored_length(a, i, v));
	case LEN_CODE: return _IOC_SIZE(v->args[a->len_arg]);
	case LEN_PTR64: return with_constant(a, word_at(v, v->args[a->len_arg], 8));
	default: return with_constant(a, a->len_arg);
	}
}

uint64_t systab_room(const struct sys_arg *a, int i, const struct sys_values *v)
{
	if (a->len_src != LEN_RET)
		return systab_length(a, i, v);
	/* The argument that [ret,argN] names, or the one after the buffer. */
	if (!a->len_arg && i + 1 >= 6)
		return SYS_LENGTH_UNKNOWN;
	return with_constant(a, v->args[a->len_arg ? a->len_arg - 1 : (uint32_t)i + 1]);
}
