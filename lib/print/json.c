/* One event, one JSON object: the columns by name, and for a call its name, result and error. */
#include "print/printer.h"

static void put_key(struct text *t, const char *key)
{
	print_mem(t, ",\"", 2);
	print_str(t, key);
	print_mem(t, "\":", 2);
}

static void put_call(struct text *t, const struct trace_event *ev)
{
	const struct sys_desc *desc = systab_get(ev->sysno);

	if (desc) {
		put_key(t, "call");
		print_char(t, '"');
		print_str(t, desc->name);
		print_char(t, '"');
	}
	if (ev->kind != EV_SYSCALL)
		return;
	if (ev->result < 0 && ev->result >= -4095) {
		put_key(t, "result");
		print_mem(t, "-1", 2);
		put_key(t, "error");
		print_char(t, '"');
		print_errno(t, -ev->result);
		print_char(t, '"');
	} else {
		put_key(t, "result");
		print_dec(t, ev->result);
	}
}

/* As strings: 64 bits are more than a JSON number is sure to keep. */
static void put_regs(struct text *t, const char *key, const struct trace_regs *regs)
{
	put_key(t, key);
	for (unsigned i = 0; i < TRACE_NREGS; i++) {
		print_mem(t, i ? ",\"" : "{\"", 2);
		print_str(t, arch_reg_names[i]);
		print_mem(t, "\":\"", 3);
		print_hex(t, regs->r[i]);
		print_char(t, '"');
	}
	print_char(t, '}');
}

void print_json(struct text *t, const struct trace_event *ev, const struct print_records *recs,
		const struct print_style *style)
{
	print_str(t, "{\"event\":");
	print_udec(t, ev->num);
	put_key(t, "time");
	print_udec(t, ev->time_ns / 1000000000);
	print_char(t, '.');
	print_nine(t, ev->time_ns % 1000000000);
	put_key(t, "tid");
	print_dec(t, ev->tid);
	put_key(t, "ticks");
	print_udec(t, ev->ticks);
	put_key(t, "kind");
	print_char(t, '"');
	print_str(t, print_kind_name(ev->kind));
	print_char(t, '"');
	if (ev->kind == EV_SYSCALL || ev->kind == EV_ENTER || ev->kind == EV_CLONE)
		put_call(t, ev);
	if (ev->other) {
		put_key(t, "other");
		print_dec(t, ev->other);
	}
	put_key(t, "detail");
	print_char(t, '"');
	print_json_begin(t);
	print_detail(t, ev, recs, style);
	print_json_end(t);
	print_char(t, '"');
	if (style->regs) {
		put_regs(t, "registers", &ev->regs);
		if (print_has_after(ev))
			put_regs(t, "after", &ev->after);
	}
	print_mem(t, "}\n", 2);
}
