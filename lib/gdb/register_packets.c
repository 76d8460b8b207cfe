/* Packets about registers. */
#include "gdb/diversion.h"
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "gdb/target.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* The general thread, with its state in s->state; NULL: there is none. */
static const struct debug_thread *general_load(struct session *s)
{
	const struct debug_thread *t = gdb_thread_general(s);

	return t && gdb_state_load(s, t->tid) ? t : NULL;
}

static bool state_store(struct session *s, const struct debug_thread *t,
			const struct arch_state *before)
{
	gdb_diversion_begin(s, t->tid, &before->regs);
	if (memcmp(&before->regs, &s->state.regs, sizeof(before->regs)) &&
	    debug_set_regs(s->debug, t->tid, &s->state.regs))
		return false;
	return !memcmp(before->xstate, s->state.xstate, s->state.xlen) ||
	       !debug_set_xstate(s->debug, t->tid, s->state.xstate, s->state.xlen);
}

static void reply_register(struct session *s, const struct arch_register_row *row, unsigned i)
{
	uint8_t value[REGISTER_MAX];

	if (arch_register_get(&s->state, row, i, value))
		gdb_reply_hex(s, value, row->bits / 8);
	else
		for (unsigned n = 0; n < row->bits / 8u; n++)
			gdb_reply_text(s, "xx");
}

/* g */
void gdb_registers_get(struct session *s, struct cursor *in)
{
	if (!gdb_at_end(in) || !general_load(s)) {
		gdb_reply_error(s, 1);
		return;
	}
	for (const struct arch_register_row *row = arch_register_rows; row->name; row++)
		for (unsigned i = 0; arch_register_there(row, s->components) && i < row->count; i++)
			reply_register(s, row, i);
}

/* A client may send only the first registers, and 'x' for values that it does not know. */
static bool take_registers(struct session *s, struct cursor *in)
{
	uint8_t value[REGISTER_MAX];

	for (const struct arch_register_row *row = arch_register_rows; row->name; row++) {
		for (unsigned i = 0;
		     arch_register_there(row, s->components) && i < row->count && !gdb_at_end(in);
		     i++) {
			if (*in->p == 'x' && in->end - in->p >= row->bits / 4)
				in->p += row->bits / 4;
			else if (!gdb_take_bytes(in, value, row->bits / 8))
				return false;
			else
				arch_register_set(&s->state, row, i, value);
		}
	}
	return gdb_at_end(in);
}

/* G */
void gdb_registers_set(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = general_load(s);
	struct arch_state *before = xmalloc(sizeof(*before));

	*before = s->state;
	if (t && take_registers(s, in) && state_store(s, t, before))
		gdb_reply_ok(s);
	else
		gdb_reply_error(s, 1);
	free(before);
}

/* p NUMBER */
void gdb_register_get(struct session *s, struct cursor *in)
{
	const struct arch_register_row *row;
	uint64_t number;
	unsigned i;

	if (!gdb_take_hex(in, &number) || !gdb_at_end(in) ||
	    !(row = gdb_register_find(s, number, &i)) || !general_load(s))
		gdb_reply_error(s, 1);
	else
		reply_register(s, row, i);
}

/* P NUMBER=VALUE */
void gdb_register_set(struct session *s, struct cursor *in)
{
	const struct arch_register_row *row;
	const struct debug_thread *t;
	uint8_t value[REGISTER_MAX];
	uint64_t number;
	unsigned i;

	if (!gdb_take_hex(in, &number) || !gdb_take_char(in, '=') ||
	    !(row = gdb_register_find(s, number, &i)) ||
	    !gdb_take_bytes(in, value, row->bits / 8) || !gdb_at_end(in) ||
	    !(t = general_load(s))) {
		gdb_reply_error(s, 1);
		return;
	}
	struct arch_state *before = xmalloc(sizeof(*before));
	*before = s->state;
	if (arch_register_set(&s->state, row, i, value) && state_store(s, t, before))
		gdb_reply_ok(s);
	else
		gdb_reply_error(s, 1);
	free(before);
}
