/* Memory that a call read or wrote, from the records of its event. */
#include "print/printer.h"

/* Bytes of a buffer that are shown, unless the style says how many. */
enum { DEFAULT_SHOWN = 32 };

static bool same_dir(const struct trace_data *d, enum sys_dir dir)
{
	return dir == D_IN ? d->kind == DATA_IN : d->kind == DATA_OUT || d->kind == DATA_ZERO;
}

const uint8_t *print_call_memory(const struct print_call *c, uint64_t addr, enum sys_dir dir,
				 size_t *n)
{
	static const uint8_t zeroes[4096];

	for (size_t i = 0; c->recs && i < c->recs->ndata; i++) {
		const struct trace_data *d = &c->recs->data[i];
		uint64_t len = d->kind == DATA_ZERO ? d->fill_len : d->len;

		if (!same_dir(d, dir) || d->object || (d->tid && d->tid != c->ev->tid))
			continue;
		if (addr < d->addr || addr - d->addr >= len)
			continue;
		len -= addr - d->addr;
		if (d->kind != DATA_ZERO) {
			*n = len;
			return d->bytes + (addr - d->addr);
		}
		*n = len < sizeof(zeroes) ? len : sizeof(zeroes);
		return zeroes;
	}
	return NULL;
}

const uint8_t *print_call_memory_any(const struct print_call *c, uint64_t addr, enum sys_dir dir,
				     size_t *n)
{
	const uint8_t *p = NULL;

	if (dir & D_OUT)
		p = print_call_memory(c, addr, D_OUT, n);
	if (!p && (dir & D_IN))
		p = print_call_memory(c, addr, D_IN, n);
	return p;
}

static unsigned shown_max(const struct print_call *c)
{
	return c->style->str_max ? c->style->str_max : DEFAULT_SHOWN;
}

void print_call_buffer(const struct print_call *c, uint64_t addr, uint64_t all, enum sys_dir dir)
{
	size_t n, max = shown_max(c);
	const uint8_t *p;

	if (!addr || all == UINT64_MAX) {
		print_pointer(c->t, addr);
		return;
	}
	if (all == 0) {
		print_mem(c->t, "\"\"", 2);
		return;
	}
	p = print_call_memory_any(c, addr, dir, &n);
	if (!p) {
		print_pointer(c->t, addr);
		return;
	}
	if (n > all)
		n = all;
	print_quoted(c->t, p, n < max ? n : max, all, c->style->hex);
}
