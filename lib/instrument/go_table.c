/* The functions of a Go program, from its own table, which is there even in stripped programs.
 * Source: the Go project's "Go 1.2 Runtime Symbol Information" and src/debug/gosym. The layouts are
 * those of Go 1.2, 1.16, 1.18 and 1.20. */
#include "instrument/rewrite.h"

#include <string.h>

enum {
	MAGIC_1_2 = 0xfffffffb,
	MAGIC_1_16 = 0xfffffffa,
	MAGIC_1_18 = 0xfffffff0,
	MAGIC_1_20 = 0xfffffff1
};

#define HEADER 8 /* magic, two zeroes, size of the smallest instruction, size of a pointer */

/* Whether the section is that table, or its relocated form. */
static bool is_gotab(const char *name)
{
	const char *end = ".gopclntab";
	size_t n = strlen(name), k = strlen(end);

	return n >= k && !strcmp(name + n - k, end);
}

struct gotab {
	const uint8_t *p;
	uint64_t len;
	uint64_t n;    /* functions */
	uint64_t at;   /* offset of their entries */
	unsigned size; /* size of an address, and of the word after it */
	uint64_t base; /* addresses are relative to this */
};

/* Word i of the header. */
static uint64_t word(const struct gotab *t, unsigned i)
{
	uint64_t v = 0;

	if (HEADER + 8ull * (i + 1) <= t->len)
		memcpy(&v, t->p + HEADER + 8 * i, sizeof(v));
	return v;
}

/* The start of Go's code. If the program is relocatable, it is not in the file. */
static uint64_t text_start(const struct rewrite *rw, uint64_t start)
{
	for (unsigned i = 0; !start && i < rw->eh.e_shnum; i++)
		if (!strcmp(rewrite_section_name(rw, &rw->sh[i]), ".text"))
			return rw->sh[i].sh_addr;
	return start;
}

static bool gotab_read(const struct rewrite *rw, struct gotab *t)
{
	uint32_t magic;

	if (t->len < HEADER + 8)
		return false;
	memcpy(&magic, t->p, sizeof(magic));
	if (t->p[6] != 1 || t->p[7] != 8)
		return false;
	t->n = word(t, 0);
	t->size = 8;
	switch (magic) {
	case MAGIC_1_2: t->at = HEADER + 8; break;
	case MAGIC_1_16: t->at = word(t, 6); break;
	case MAGIC_1_18:
	case MAGIC_1_20:
		t->at = word(t, 7);
		t->size = 4;
		t->base = text_start(rw, word(t, 2));
		break;
	default: return false;
	}
	/* After the last function's entry there is the address of its end. */
	return t->at <= t->len && t->len - t->at >= t->size &&
	       t->n <= (t->len - t->at - t->size) / (2 * t->size);
}

static uint64_t address(const struct gotab *t, uint64_t i)
{
	uint64_t v = 0;

	memcpy(&v, t->p + t->at + i * 2 * t->size, t->size);
	return t->base + v;
}

static void gotab_add(struct rewrite *rw, const struct gotab *t)
{
	for (uint64_t i = 0; i < t->n; i++) {
		uint64_t start = address(t, i) - rw->lo, end = address(t, i + 1) - rw->lo;
		if (start < end && end <= rw->len && rewrite_in_text(rw, start) &&
		    rewrite_in_text(rw, end - 1))
			*VEC_ADD(&rw->funcs) = (struct func){.start = start, .end = end};
	}
}

void rewrite_go_table_funcs(struct rewrite *rw)
{
	for (unsigned i = 0; rw->sh && i < rw->eh.e_shnum; i++) {
		uint64_t at = rw->sh[i].sh_addr - rw->lo, len = rw->sh[i].sh_size;
		if (!is_gotab(rewrite_section_name(rw, &rw->sh[i])) || at >= rw->len ||
		    len > rw->len - at)
			continue;
		struct gotab t = {.p = rw->img + at, .len = len};
		if (gotab_read(rw, &t))
			gotab_add(rw, &t);
	}
}
