/* One event, one JSON object: the columns by name, and for a call its name, result and error. */
#include "print/fields.h"

static void put_key(struct text *t, const char *key)
{
	text_mem(t, ",\"", 2);
	text_str(t, key);
	text_mem(t, "\":", 2);
}

static void put_call(struct text *t, const struct trace_event *ev)
{
	const struct sys_desc *desc = systab_get(ev->sysno);

	if (desc) {
		put_key(t, "call");
		text_char(t, '"');
		text_str(t, desc->name);
		text_char(t, '"');
	}
	if (ev->kind != EV_SYSCALL)
		return;
	if (ev->result < 0 && ev->result >= -4095) {
		put_key(t, "result");
		text_mem(t, "-1", 2);
		put_key(t, "error");
		text_char(t, '"');
		text_errno(t, -ev->result);
		text_char(t, '"');
	} else {
		put_key(t, "result");
		text_dec(t, ev->result);
	}
}

/* As strings: 64 bits are more than a JSON number is sure to keep. */
static void put_regs(struct text *t, const char *key, const struct trace_regs *regs)
{
	put_key(t, key);
	for (unsigned i = 0; i < TRACE_NREGS; i++) {
		text_mem(t, i ? ",\"" : "{\"", 2);
		text_str(t, arch_reg_names[i]);
		text_mem(t, "\":\"", 3);
		text_hex(t, regs->r[i]);
		text_char(t, '"');
	}
	text_char(t, '}');
}

void event_json(struct text *t, const struct trace_event *ev, const struct event_records *recs,
		const struct event_style *style)
{
	text_str(t, "{\"event\":");
	text_udec(t, ev->num);
	put_key(t, "time");
	text_udec(t, ev->time_ns / 1000000000);
	text_char(t, '.');
	text_nine(t, ev->time_ns % 1000000000);
	put_key(t, "tid");
	text_dec(t, ev->tid);
	put_key(t, "ticks");
	text_udec(t, ev->ticks);
	put_key(t, "kind");
	text_char(t, '"');
	text_str(t, event_kind_name(ev->kind));
	text_char(t, '"');
	if (ev->kind == EV_SYSCALL || ev->kind == EV_ENTER || ev->kind == EV_CLONE)
		put_call(t, ev);
	if (ev->other) {
		put_key(t, "other");
		text_dec(t, ev->other);
	}
	put_key(t, "detail");
	text_char(t, '"');
	text_json(t);
	event_detail(t, ev, recs, style);
	text_plain(t);
	text_char(t, '"');
	if (style->regs) {
		put_regs(t, "registers", &ev->regs);
		if (ev->kind == EV_SYSCALL || ev->kind == EV_CLONE || ev->kind == EV_SIGNAL ||
		    ev->kind == EV_INSN)
			put_regs(t, "after", &ev->after);
	}
	text_mem(t, "}\n", 2);
}
