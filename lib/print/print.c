/* One event, one line. */
#include "print/fields.h"
#include "util/util.h"

#include <signal.h>

/* --- columns
 * ------------------------------------------------------------------------------------------ */

static const struct column {
	const char *name;
	unsigned width;
} columns[] = {{"event", 8}, {"time", 14}, {"tid", 7}, {"ticks", 8}, {"kind", 8}};

static void column_end(struct text *t, size_t from, unsigned i, const struct event_style *style)
{
	if (style->align) {
		text_pad(t, from, columns[i].width);
		text_mem(t, "  ", 2);
	} else {
		text_char(t, '\t');
	}
}

static void column_next(struct text *t, const struct event_style *style)
{
	text_mem(t, style->align ? "  " : "\t", style->align ? 2 : 1);
}

void event_columns(struct text *t, const struct trace_event *ev, const char *kind,
		   const struct event_style *style)
{
	size_t from = text_mark(t);

	text_udec(t, ev->num);
	column_end(t, from, 0, style);
	from = text_mark(t);
	text_udec(t, ev->time_ns / 1000000000);
	text_char(t, '.');
	text_nine(t, ev->time_ns % 1000000000);
	column_end(t, from, 1, style);
	from = text_mark(t);
	text_dec(t, ev->tid);
	column_end(t, from, 2, style);
	from = text_mark(t);
	text_udec(t, ev->ticks);
	column_end(t, from, 3, style);
	from = text_mark(t);
	text_str(t, kind);
	column_end(t, from, 4, style);
}

void event_print_header(FILE *out, const struct event_style *style)
{
	struct text t;

	text_init(&t, out);
	for (unsigned i = 0; i < ARRAY_LEN(columns); i++) {
		size_t from = text_mark(&t);

		text_str(&t, columns[i].name);
		column_end(&t, from, i, style);
	}
	text_str(&t, "detail");
	if (style->regs) {
		column_next(&t, style);
		text_str(&t, "registers");
		column_next(&t, style);
		text_str(&t, "after");
	}
	text_char(&t, '\n');
	text_flush(&t);
}

/* --- registers and memory
 * ----------------------------------------------------------------------------- */

static void put_regs(struct text *t, const struct trace_regs *regs, const struct trace_regs *unless)
{
	bool first = true;

	for (unsigned i = 0; i < TRACE_NREGS; i++) {
		if (unless && unless->r[i] == regs->r[i])
			continue;
		if (!first)
			text_char(t, ' ');
		first = false;
		text_str(t, arch_reg_names[i]);
		text_char(t, '=');
		text_hex(t, regs->r[i]);
	}
}

static bool has_after(const struct trace_event *ev)
{
	return ev->kind == EV_SYSCALL || ev->kind == EV_CLONE || ev->kind == EV_SIGNAL ||
	       ev->kind == EV_INSN;
}

static void put_memory_columns(struct text *t, const struct trace_event *ev,
			       const struct trace_data *d, const struct event_style *style)
{
	event_columns(t, ev, "memory", style);
	if (d->object) {
		text_str(t, "object");
		text_udec(t, d->object);
		text_char(t, '+');
	} else if (d->tid && d->tid != ev->tid) {
		text_dec(t, d->tid);
		text_char(t, ':');
	}
	text_hex(t, d->addr);
	column_next(t, style);
	text_udec(t, d->kind == DATA_ZERO ? d->fill_len : d->len);
	column_next(t, style);
	if (d->kind == DATA_ZERO)
		text_str(t, "zero");
	else if (style->hex)
		text_hex_bytes(t, d->bytes, d->len);
	else
		text_quoted(t, d->bytes, d->len, d->len, false);
	text_char(t, '\n');
}

static void put_memory_json(struct text *t, const struct trace_event *ev,
			    const struct trace_data *d, const struct event_style *style)
{
	text_str(t, "{\"event\":");
	text_udec(t, ev->num);
	text_str(t, ",\"tid\":");
	text_dec(t, d->tid ? d->tid : ev->tid);
	text_str(t, ",\"kind\":\"memory\",\"addr\":\"");
	text_hex(t, d->addr);
	if (d->object) {
		text_str(t, "\",\"object\":\"");
		text_udec(t, d->object);
	}
	text_str(t, "\",\"len\":");
	text_udec(t, d->kind == DATA_ZERO ? d->fill_len : d->len);
	if (d->kind != DATA_ZERO) {
		text_str(t, ",\"bytes\":\"");
		text_json(t);
		if (style->hex)
			text_hex_bytes(t, d->bytes, d->len);
		else
			text_escaped(t, d->bytes, d->len, false);
		text_plain(t);
		text_char(t, '"');
	}
	text_str(t, "}\n");
}

static bool put_memory(struct text *t, const struct trace_event *ev, const struct trace_data *d,
		       const struct event_style *style)
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

bool event_print_memory(FILE *out, const struct trace_event *ev, const struct trace_data *d,
			const struct event_style *style)
{
	struct text t;
	bool put;

	text_init(&t, out);
	put = put_memory(&t, ev, d, style);
	text_flush(&t);
	return put;
}

void event_print(FILE *out, const struct trace_event *ev, const struct event_records *recs,
		 const struct event_style *style)
{
	struct text t;

	text_init(&t, out);
	if (style->json) {
		event_json(&t, ev, recs, style);
	} else {
		event_columns(&t, ev, event_kind_name(ev->kind), style);
		event_detail(&t, ev, recs, style);
		if (style->regs) {
			column_next(&t, style);
			put_regs(&t, &ev->regs, NULL);
			column_next(&t, style);
			if (has_after(ev))
				put_regs(&t, &ev->after, &ev->regs);
		}
		text_char(&t, '\n');
	}
	for (size_t i = 0; style->memory && recs && i < recs->ndata; i++)
		put_memory(&t, ev, &recs->data[i], style);
	text_flush(&t);
}
