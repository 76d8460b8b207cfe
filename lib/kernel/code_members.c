/* Memory to which the struct of an argument points, as formats/subcodes says. */
#include "kernel/handler.h"

/* Where the memory is, and how many bytes. False: the struct cannot be read. */
static bool find(struct task *t, const struct subcode_member *m, uint64_t base, uint64_t *addr,
		 uint64_t *len)
{
	uint64_t n = 0; /* little-endian */

	*addr = base + m->offset;
	if (!base || (!m->embedded && task_read_all(t, *addr, addr, sizeof(*addr))))
		return false;
	if (m->count_size && task_read_all(t, base + m->count_offset, &n, m->count_size))
		return false;
	n = m->count_size ? n : m->count;
	*len = n < PAYLOAD_PIECE / m->unit ? n * m->unit : PAYLOAD_PIECE;
	return true;
}

void kernel_members_read(struct payload_walk *w)
{
	const struct payload_call *c = payload_of(w);
	uint64_t addr, len;

	for (unsigned i = 0; c->code && i < c->code->nmembers; i++) {
		const struct subcode_member *m = &c->code->members[i];
		if (m->dir & D_IN && find(c->t, m, c->args[m->arg], &addr, &len))
			payload_read(w, m->arg, addr, len);
	}
}

void kernel_members_save(struct call *c)
{
	uint64_t addr, len;

	for (unsigned i = 0; c->code && i < c->code->nmembers; i++) {
		const struct subcode_member *m = &c->code->members[i];
		if (m->dir & D_OUT && find(c->t, m, c->args[m->arg], &addr, &len))
			kernel_call_out(c, addr, len);
	}
}
