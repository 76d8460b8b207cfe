/* The detail of an event, by its kind. */
#include "print/printer.h"
#include "tracee/waitstatus.h"
#include "util/size.h"

#include <signal.h>

/* --- calls --- */

static void call_init(struct print_call *c, struct text *t, const struct trace_event *ev,
		      const struct print_records *recs, const struct print_style *style)
{
	c->t = t;
	c->ev = ev;
	c->recs = recs;
	c->style = style;
	c->desc = systab_get(ev->sysno);
	for (unsigned i = 0; i < 6; i++)
		c->arg[i] = arch_arg(&ev->regs, (int)i);
	c->code = c->desc ? subcode_find(c->desc, c->arg) : NULL;
	/* exit does not return: its entry is all there is. */
	c->done = ev->kind == EV_SYSCALL || (c->desc && c->desc->ret == R_NONE);
	c->failed = ev->kind == EV_SYSCALL && ev->result < 0 && ev->result >= -4095;
}

/* The kernel's errors that no program sees (include/linux/errno.h). */
static const struct {
	int err;
	const char *name, *text;
} restarts[] = {
	{512, "ERESTARTSYS", "To be restarted if SA_RESTART is set"},
	{513, "ERESTARTNOINTR", "To be restarted"},
	{514, "ERESTARTNOHAND", "To be restarted if no handler"},
	{516, "ERESTART_RESTARTBLOCK", "Interrupted by signal"},
};

static bool put_restart(struct text *t, int err)
{
	for (unsigned i = 0; i < ARRAY_LEN(restarts); i++) {
		if (restarts[i].err != err)
			continue;
		print_mem(t, "? ", 2);
		print_str(t, restarts[i].name);
		print_mem(t, " (", 2);
		print_str(t, restarts[i].text);
		print_char(t, ')');
		return true;
	}
	return false;
}

static void put_error(struct text *t, int err)
{
	const char *why = strerrordesc_np(err);

	if (put_restart(t, err))
		return;
	print_mem(t, "-1 ", 3);
	print_errno(t, err);
	if (why) {
		print_mem(t, " (", 2);
		print_str(t, why);
		print_char(t, ')');
	}
}

static void put_result(struct text *t, unsigned ret, int64_t result)
{
	switch (ret) {
	case R_HEX: print_hex(t, result); break;
	case R_UINT: print_udec(t, result); break;
	case R_NONE: print_char(t, '?'); break;
	default: print_dec(t, result);
	}
}

static void put_call_name(struct text *t, const struct print_call *c)
{
	if (c->desc) {
		print_str(t, c->desc->name);
	} else {
		print_str(t, "syscall_");
		print_udec(t, c->ev->sysno);
	}
}

static void detail_syscall(struct print_call *c)
{
	struct text *t = c->t;

	put_call_name(t, c);
	print_char(t, '(');
	print_call_args(c);
	if (!c->done) {
		print_str(t, "<unfinished ...>");
		return;
	}
	print_mem(t, ") = ", 4);
	if (c->failed)
		put_error(t, -c->ev->result);
	else
		put_result(t, c->desc ? c->desc->ret : R_INT, c->ev->result);
	if (c->ev->flags & EVF_REFUSED)
		print_str(t, " (refused)");
}

static void detail_enter(struct print_call *c)
{
	detail_syscall(c);
}

/* --- other kinds --- */

static void detail_clone(struct print_call *c)
{
	put_call_name(c->t, c);
	print_str(c->t, c->ev->flags & EVF_GROUP ? ": thread " : ": child ");
	print_dec(c->t, c->ev->other);
}

static void detail_signal(struct print_call *c)
{
	const struct print_records *recs = c->recs;
	unsigned flags = c->ev->flags;

	print_signal(c->t, c->ev->result);
	for (size_t i = 0; recs && i < recs->ndata; i++) {
		if (recs->data[i].kind == DATA_SIGINFO && recs->data[i].len >= 48) {
			print_char(c->t, ' ');
			print_siginfo(c, recs->data[i].bytes, recs->data[i].len);
			break;
		}
	}
	print_str(c->t, flags & EVF_HANDLER ? " handler"
			: flags & EVF_FATAL ? " fatal"
			: flags & EVF_STOP  ? " stop"
					    : " ignored");
	if (flags & EVF_INEXACT)
		print_str(c->t, " (position not exact)");
}

/* Why the task stopped, or which registers its tracer changed. Before a call, the registers are
 * those at the call's entry, and say nothing about changes. */
static void detail_ptrace_stop(struct print_call *c)
{
	const struct trace_event *ev = c->ev;
	bool changed = false;

	if (ev->flags & EVF_AT_CALL) {
		print_str(c->t, "at a call");
		return;
	}
	if (ev->flags & EVF_SYNC) {
		print_signal(c->t, ev->result);
		return;
	}
	for (int i = 0; i < TRACE_NREGS; i++) {
		if (ev->regs.r[i] == ev->after.r[i])
			continue;
		print_str(c->t, changed ? ", " : "");
		print_str(c->t, arch_reg_names[i]);
		print_str(c->t, " = ");
		print_hex(c->t, ev->after.r[i]);
		changed = true;
	}
	if (!changed)
		print_str(c->t, "stopped");
}

static void detail_insn(struct print_call *c)
{
	const char *name = arch_nondet_name(c->ev->sysno);

	if (name) {
		print_str(c->t, name);
	} else {
		print_str(c->t, "insn_");
		print_udec(c->t, c->ev->sysno);
	}
	print_mem(c->t, " = ", 3);
	print_hex(c->t, c->ev->result);
}

void print_status(struct text *t, int status)
{
	const struct wait_status w = wait_decode(status);

	if (w.kind == WAIT_EXITED) {
		print_str(t, "exited ");
		print_udec(t, (uint64_t)w.code);
	} else if (w.kind == WAIT_KILLED) {
		print_str(t, "killed by ");
		print_signal(t, w.signal);
		if (w.dumped)
			print_str(t, " (core dumped)");
	} else {
		print_str(t, "status ");
		print_hex(t, (uint32_t)status);
	}
}

static void detail_exit(struct print_call *c)
{
	print_status(c->t, (int)c->ev->result);
}

static void detail_checksum(struct print_call *c)
{
	print_str(c->t, "checksum = ");
	print_hex(c->t, (uint64_t)c->ev->result);
}

static void detail_switch(struct print_call *c)
{
	print_str(c->t,
		  c->ev->flags & EVF_INEXACT ? "killed later (position not exact)" : "others run");
}

/* --- kinds of events --- */

/* A printer of the detail for each kind of formats/trace. */
#define PRINTER(name, kind) [kind] = {#name, detail_##name},
static const struct {
	const char *name;
	void (*detail)(struct print_call *);
} kinds[] = {TRACE_EVENT_KINDS(PRINTER)};

static bool kind_known(unsigned kind)
{
	return kind < ARRAY_LEN(kinds) && kinds[kind].name;
}

const char *print_kind_name(unsigned kind)
{
	return kind_known(kind) ? kinds[kind].name : "?";
}

int print_kind_find(const char *name)
{
	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++)
		if (kind_known(i) && strcmp(kinds[i].name, name) == 0)
			return (int)i;
	return -1;
}

void print_detail(struct text *t, const struct trace_event *ev, const struct print_records *recs,
		  const struct print_style *style)
{
	struct print_call c;

	call_init(&c, t, ev, recs, style);
	if (kind_known(ev->kind)) {
		kinds[ev->kind].detail(&c);
	} else {
		print_str(t, "kind ");
		print_udec(t, ev->kind);
	}
}

bool print_has_after(const struct trace_event *ev)
{
	return ev->kind == EV_SYSCALL || ev->kind == EV_CLONE || ev->kind == EV_SIGNAL ||
	       ev->kind == EV_INSN;
}
