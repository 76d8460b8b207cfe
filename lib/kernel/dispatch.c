/* One system call: saves what its row of formats/syscalls names, and calls its handler. */
#include "kernel/handler.h"

static struct payload_call payload_call(const struct call *c)
{
	return (struct payload_call){
		.t = c->t, .desc = c->desc, .code = c->code, .args = c->args, .regs = &c->entry};
}

uint32_t kernel_take_payload(struct call *c, uint64_t bytes)
{
	struct payload_call p = payload_call(c);
	uint32_t sum = kernel_payload_end(&p, &c->payload, bytes);

	c->payload = (struct payload){0};
	return sum;
}

void kernel_enter(struct call *c)
{
	const struct sys_desc *d = c->desc;
	const struct call_handler *h = kernel_handlers[d->handler];

	c->code = subcode_find(d, c->args);
	if (c->filtered.how)
		c->flags |= EVF_REFUSED;
	else if (d->cls == SYS_REFUSE)
		kernel_call_refuse(c, d->refuse_errno);
	else if (c->code && c->code->refuse_errno)
		kernel_call_refuse(c, c->code->refuse_errno);
	struct payload_call p = payload_call(c);
	c->payload = kernel_payload_begin(&p, &c->in);
	for (int i = 0; i < d->nargs; i++)
		kernel_arg_note_room(c, i);
	if (c->filtered.how)
		return;
	bool answered = kernel_pointers_hide(c);
	if (h && h->enter && !answered)
		h->enter(c);
	kernel_guess_enter(c);
	kernel_scratch_enter(c);
}

void kernel_enter_only(struct call *c)
{
	c->code = subcode_find(c->desc, c->args);
	struct payload_call p = payload_call(c);
	c->payload = kernel_payload_begin(&p, &c->in);
}

void kernel_exit(struct call *c)
{
	const struct sys_desc *d = c->desc;
	const struct call_handler *h = kernel_handlers[d->handler];

	if (c->filtered.how)
		return;
	kernel_scratch_exit(c);
	/* The handler comes first: it may answer the call, and the answer is saved below. */
	if (h && h->exit)
		h->exit(c);
	if (c->verdict == CALL_REFUSE)
		return;
	for (int i = 0; i < d->nargs; i++)
		kernel_arg_save_out(c, i);
	kernel_members_save(c);
	kernel_guess_exit(c);
	if (d->cls == SYS_REAL && d->quick)
		kernel_maps_added(c);
}

void kernel_blocked(struct call *c)
{
	const struct call_handler *h = kernel_handlers[c->desc->handler];

	if (c->filtered.how)
		return;
	if (h && h->blocked)
		h->blocked(c);
	if (c->guessed)
		kernel_guess_save(c);
}

int kernel_replay(struct replaying *rp, struct task *t, const struct trace_event *ev)
{
	const struct sys_desc *d = systab_get(ev->sysno);
	const struct call_handler *h = d ? kernel_handlers[d->handler] : NULL;
	struct replay_call c = {.rp = rp, .t = t, .desc = d, .result = ev->result};

	if (ev->flags & (EVF_REFUSED | EVF_EXEC))
		return 0;
	if (!h || !h->replay)
		return ev->nmaps ? kernel_replay_maps(rp, t) : 0;
	c.tid = ev->tid;
	for (int i = 0; i < 6; i++)
		c.args[i] = arch_arg(&ev->regs, i);
	return h->replay(&c);
}
