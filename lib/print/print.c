/* One event, one line. */
#include "print/printer.h"
#include "util/size.h"

#include <signal.h>

/* --- columns --- */

static const struct column {
	const char *name;
	unsigned width;
} columns[] = {{"event", 8}, {"time", 14}, {"tid", 7}, {"ticks", 8}, {"kind", 8}};

static void column_end(struct text *t, size_t from, unsigned i, const struct print_style *style)
{
	print_column(t, style, from, columns[i].width);
}

static void column_next(struct text *t, const struct print_style *style)
{
	print_mem(t, style->align ? "  " : "\t", style->align ? 2 : 1);
}

void print_columns(struct text *t, const struct trace_event *ev, const char *kind,
		   const struct print_style *style)
{
	size_t from = print_mark(t);

	print_udec(t, ev->num);
	column_end(t, from, 0, style);
	from = print_mark(t);
	print_udec(t, ev->time_ns / 1000000000);
	print_char(t, '.');
	print_nine(t, ev->time_ns % 1000000000);
	column_end(t, from, 1, style);
	from = print_mark(t);
	print_dec(t, ev->tid);
	column_end(t, from, 2, style);
	from = print_mark(t);
	print_udec(t, ev->ticks);
	column_end(t, from, 3, style);
	from = print_mark(t);
	print_str(t, kind);
	column_end(t, from, 4, style);
}

void print_header(FILE *out, const struct print_style *style)
{
	struct text t;

	print_init(&t, out);
	for (unsigned i = 0; i < ARRAY_LEN(columns); i++) {
		size_t from = print_mark(&t);

		print_str(&t, columns[i].name);
		column_end(&t, from, i, style);
	}
	print_str(&t, "detail");
	if (style->regs) {
		column_next(&t, style);
		print_str(&t, "registers");
		column_next(&t, style);
		print_str(&t, "after");
	}
	print_char(&t, '\n');
	print_flush(&t);
}

/* --- registers and memory --- */

static void put_regs(struct text *t, const struct trace_regs *regs, const struct trace_regs *unless)
{
	bool first = true;

	for (unsigned i = 0; i < TRACE_NREGS; i++) {
		if (unless && unless->r[i] == regs->r[i])
			continue;
		if (!first)
			print_char(t, ' ');
		first = false;
		print_str(t, arch_reg_names[i]);
		print_char(t, '=');
		print_hex(t, regs->r[i]);
	}
}

static void put_memory_columns(struct text *t, const struct trace_event *ev,
			       const struct trace_data *d, const struct print_style *style)
{
	print_columns(t, ev, "memory", style);
	if (d->object) {
		print_str(t, "object");
		print_udec(t, d->object);
		print_char(t, '+');
	} else if (d->tid && d->tid != ev->tid) {
		print_dec(t, d->tid);
		print_char(t, ':');
	}
	print_hex(t, d->addr);
	column_next(t, style);
	print_udec(t, d->kind == DATA_ZERO ? d->fill_len : d->len);
	column_next(t, style);
	if (d->kind == DATA_ZERO)
		print_str(t, "zero");
	else if (style->hex)
		print_hex_bytes(t, d->bytes, d->len);
	else
		print_quoted(t, d->bytes, d->len, d->len, false);
	print_char(t, '\n');
}

static void put_memory_json(struct text *t, const struct trace_event *ev,
			    const struct trace_data *d, const struct print_style *style)
{
	print_str(t, "{\"event\":");
	print_udec(t, ev->num);
	print_str(t, ",\"tid\":");
	print_dec(t, d->tid ? d->tid : ev->tid);
	print_str(t, ",\"kind\":\"memory\",\"addr\":\"");
	print_hex(t, d->addr);
	if (d->object) {
		print_str(t, "\",\"object\":\"");
		print_udec(t, d->object);
	}
	print_str(t, "\",\"len\":");
	print_udec(t, d->kind == DATA_ZERO ? d->fill_len : d->len);
	if (d->kind != DATA_ZERO) {
		print_str(t, ",\"bytes\":\"");
		print_json_begin(t);
		if (style->hex)
			print_hex_bytes(t, d->bytes, d->len);
		else
			print_escaped(t, d->bytes, d->len, false);
		print_json_end(t);
		print_char(t, '"');
	}
	print_str(t, "}\n");
}

static bool put_memory(struct text *t, const struct trace_event *ev, const struct trace_data *d,
		       const struct print_style *style)
{
	if (d->kind != DATA_OUT && d->kind != DATA_SHARED && d->kind != DATA_FILL &&
	    d->kind != DATA_ZERO)
		return false;
	if (style->json)
		put_memory_json(t, ev, d, style);
	else
		put_memory_columns(t, ev, d, style);
	return true;
}

bool print_memory(FILE *out, const struct trace_event *ev, const struct trace_data *d,
		  const struct print_style *style)
{
	struct text t;
	bool put;

	print_init(&t, out);
	put = put_memory(&t, ev, d, style);
	print_flush(&t);
	return put;
}

void print_event(FILE *out, const struct trace_event *ev, const struct print_records *recs,
		 const struct print_style *style)
{
	struct text t;

	print_init(&t, out);
	if (style->json) {
		print_json(&t, ev, recs, style);
	} else {
		print_columns(&t, ev, print_kind_name(ev->kind), style);
		print_detail(&t, ev, recs, style);
		if (style->regs) {
			column_next(&t, style);
			put_regs(&t, &ev->regs, NULL);
			column_next(&t, style);
			if (print_has_after(ev))
				put_regs(&t, &ev->after, &ev->regs);
		}
		print_char(&t, '\n');
	}
	for (size_t i = 0; style->memory && recs && i < recs->ndata; i++)
		put_memory(&t, ev, &recs->data[i], style);
	print_flush(&t);
}
