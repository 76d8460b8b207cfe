/* Compares what a replayed call hands to the kernel with what the recorded one did. */
#include "kernel/handler.h"
#include "util/alloc.h"
#include "util/size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct payload_call call_of(struct task *t, const struct trace_event *ev, uint64_t args[6])
{
	struct payload_call c = {.t = t,
				 .desc = systab_get(ev->sysno),
				 .args = args,
				 .regs = &ev->regs,
				 .debugged = true};

	for (int i = 0; i < 6; i++)
		args[i] = arch_arg(&ev->regs, i);
	if (c.desc)
		c.code = subcode_find(c.desc, args);
	return c;
}

bool kernel_payload_differs(struct task *t, const struct trace_event *ev)
{
	uint64_t args[6], bytes = PAYLOAD_ALL;

	if (!ev->payload)
		return false;
	struct payload_call c = call_of(t, ev, args);
	if (!c.desc)
		return true;
	if (ev->kind != EV_ENTER)
		bytes = ev->result > 0 ? (uint64_t)ev->result : 0;
	struct payload p = kernel_payload_begin(&c, NULL);
	return kernel_payload_end(&c, &p, bytes) != ev->payload;
}

/* --- where they differ --- */

static char *argument_name(const struct sys_desc *d, int arg)
{
	return xasprintf("argument %d (%s)", arg + 1, arg < d->nargs ? d->args[arg].name : "?");
}

/* NULL: the recorded bytes are those of the replay, as far as they were kept. */
static char *record_difference(const struct payload_call *c, const struct kept_head *h,
			       const uint8_t *replayed, const struct trace_data *d)
{
	size_t n = h->len < d->len ? h->len : d->len, at = 0;
	char *text, *name;

	while (at < n && replayed[at] == d->bytes[at])
		at++;
	if (at == n && h->len == d->len)
		return NULL;
	name = argument_name(c->desc, h->arg);
	if (at == n)
		text = xasprintf("%s: %lu bytes at 0x%lx were recorded, %lu replayed", name,
				 (unsigned long)d->len, (unsigned long)h->addr,
				 (unsigned long)h->len);
	else
		text = xasprintf("%s: byte %lu at 0x%lx: recorded 0x%02x, replayed 0x%02x", name,
				 (unsigned long)at, (unsigned long)h->addr, d->bytes[at],
				 replayed[at]);
	free(name);
	return text;
}

/* The first of the event's DATA_IN records that is not what the replay has. Bytes at one address
 * may be there twice, in the order in which they are read. */
static char *first_difference(struct replaying *rp, const struct payload_call *c,
			      const struct kept *kept)
{
	struct trace_data d;
	struct kept_head h;
	const uint8_t *bytes;
	size_t from = 0;
	char *text;

	while (trace_next_data(rp->r, &d) == 1) {
		if (d.kind != DATA_IN)
			continue;
		size_t at = from;
		while ((bytes = kernel_kept_next(kept, &at, &h)) && h.addr != d.addr)
			;
		if (!bytes)
			continue;
		from = at;
		if ((text = record_difference(c, &h, bytes, &d)))
			return text;
	}
	return NULL;
}

/* All bytes of the argument are kept, in one record. */
static bool is_kept_whole(const struct payload_call *c, const struct kept_head *h)
{
	const struct sys_arg *a = kernel_payload_arg(c->desc, c->code, h->arg);
	struct sys_values v = {.args = c->args, .read = task_read_ctx, .ctx = c->t};

	switch (a->type) {
	case T_PATH:
	case T_STR:
	case T_SOCKADDR: return true;
	case T_STRUCT:
	case T_BUF:
		return h->len == systab_length(a, h->arg, &v) * (a->type == T_BUF ? 1 : a->unit);
	default: return false;
	}
}

/* The arguments that may differ, where the bytes that are kept do not. */
static char *candidates(const struct payload_call *c, const struct kept *kept)
{
	unsigned all = 0, whole = 0;
	struct kept_head h;
	char *text = xstrdup("");

	for (size_t at = 0; kernel_kept_next(kept, &at, &h);) {
		all |= 1u << h.arg;
		whole |= (unsigned)is_kept_whole(c, &h) << h.arg;
	}
	unsigned may = all & ~whole ? all & ~whole : all;
	for (int i = 0; i < 6; i++) {
		if (!(may >> i & 1))
			continue;
		char *name = argument_name(c->desc, i),
		     *longer = xasprintf("%s%s%s", text, *text ? " or " : "", name);
		free(name);
		free(text);
		text = longer;
	}
	return text;
}

char *kernel_payload_difference(struct replaying *rp, struct task *t, const struct trace_event *ev)
{
	uint64_t args[6];
	struct payload_call c = call_of(t, ev, args);
	struct kept kept = {0};

	if (!c.desc)
		return xstrdup("a checksum of what an unknown system call reads");
	kernel_payload_begin(&c, &kept);
	char *where = first_difference(rp, &c, &kept);
	if (!where) {
		char *may = candidates(&c, &kept);
		where = *may ? xasprintf("%s: bytes that are not kept for printing", may)
			     : xstrdup("memory that cannot be read here");
		free(may);
	}
	char *text = xasprintf("%s reads other bytes than when it was recorded: %s", c.desc->name,
			       where);
	free(where);
	free(kept.bytes);
	return text;
}
