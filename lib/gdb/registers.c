#include "gdb/session.h"
#include "util/util.h"

#include <stdlib.h>
#include <string.h>

#define REGISTER_MAX 64 /* bytes */

/* What the tables say of register number `number`, among those the client was told of. */
static const struct arch_register_row *register_find(const struct session *s, uint64_t number,
						     unsigned *index)
{
	for (const struct arch_register_row *row = arch_register_rows; row->name; row++) {
		if (!arch_register_there(row, s->components))
			continue;
		if (number < row->count) {
			*index = (unsigned)number;
			return row;
		}
		number -= row->count;
	}
	return NULL;
}

/* The general thread's, in s->state. */
static const struct debug_thread *state_load(struct session *s)
{
	const struct debug_thread *t = thread_general(s);

	if (!t || debug_get_regs(s->debug, t->tid, &s->state.regs))
		return NULL;
	ssize_t n = debug_get_xstate(s->debug, t->tid, s->state.xstate, sizeof(s->state.xstate));
	s->state.xlen = n > 0 ? (size_t)n : 0;
	return t;
}

static bool state_store(struct session *s, const struct debug_thread *t,
			const struct arch_state *before)
{
	trial_begin(s, t->tid, &before->regs);
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
		reply_hex(s, value, row->bits / 8);
	else
		for (unsigned n = 0; n < row->bits / 8u; n++)
			reply_text(s, "xx");
}

/* g */
void registers_get(struct session *s, struct cursor *in)
{
	if (!at_end(in) || !state_load(s)) {
		reply_error(s, 1);
		return;
	}
	for (const struct arch_register_row *row = arch_register_rows; row->name; row++)
		for (unsigned i = 0; arch_register_there(row, s->components) && i < row->count; i++)
			reply_register(s, row, i);
}

/* G: a client may send fewer than all, and 'x' for those it does not know. */
static bool take_registers(struct session *s, struct cursor *in)
{
	uint8_t value[REGISTER_MAX];

	for (const struct arch_register_row *row = arch_register_rows; row->name; row++) {
		for (unsigned i = 0;
		     arch_register_there(row, s->components) && i < row->count && !at_end(in);
		     i++) {
			if (*in->p == 'x' && in->end - in->p >= row->bits / 4)
				in->p += row->bits / 4;
			else if (!take_bytes(in, value, row->bits / 8))
				return false;
			else
				arch_register_set(&s->state, row, i, value);
		}
	}
	return at_end(in);
}

void registers_set(struct session *s, struct cursor *in)
{
	const struct debug_thread *t = state_load(s);
	struct arch_state *before = xmalloc(sizeof(*before));

	*before = s->state;
	if (t && take_registers(s, in) && state_store(s, t, before))
		reply_ok(s);
	else
		reply_error(s, 1);
	free(before);
}

/* p NUMBER */
void register_get(struct session *s, struct cursor *in)
{
	const struct arch_register_row *row;
	uint64_t number;
	unsigned i;

	if (!take_hex(in, &number) || !at_end(in) || !(row = register_find(s, number, &i)) ||
	    !state_load(s))
		reply_error(s, 1);
	else
		reply_register(s, row, i);
}

/* P NUMBER=VALUE */
void register_set(struct session *s, struct cursor *in)
{
	const struct arch_register_row *row;
	const struct debug_thread *t;
	uint8_t value[REGISTER_MAX];
	uint64_t number;
	unsigned i;

	if (!take_hex(in, &number) || !take_char(in, '=') ||
	    !(row = register_find(s, number, &i)) || !take_bytes(in, value, row->bits / 8) ||
	    !at_end(in) || !(t = state_load(s))) {
		reply_error(s, 1);
		return;
	}
	struct arch_state *before = xmalloc(sizeof(*before));
	*before = s->state;
	if (arch_register_set(&s->state, row, i, value) && state_store(s, t, before))
		reply_ok(s);
	else
		reply_error(s, 1);
	free(before);
}

bool register_value(struct session *s, pid_t tid, uint64_t number, uint64_t *value)
{
	const struct arch_register_row *row;
	uint8_t bytes[REGISTER_MAX] = {0};
	unsigned i;

	row = register_find(s, number, &i);
	if (!row || debug_get_regs(s->debug, tid, &s->state.regs))
		return false;
	s->state.xlen = 0;
	if (!arch_register_get(&s->state, row, i, bytes)) {
		ssize_t n =
			debug_get_xstate(s->debug, tid, s->state.xstate, sizeof(s->state.xstate));
		s->state.xlen = n > 0 ? (size_t)n : 0;
		if (!arch_register_get(&s->state, row, i, bytes))
			return false;
	}
	memcpy(value, bytes, sizeof(*value));
	return true;
}

/* --- the target description
 * ----------------------------------------------------------------------------------- */

static void describe_row(FILE *out, const struct arch_register_row *row)
{
	for (unsigned i = 0; i < row->count; i++) {
		char name[16];
		if (row->count > 1)
			snprintf(name, sizeof(name), row->name, row->first + i);
		else
			snprintf(name, sizeof(name), "%s", row->name);
		fprintf(out, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"", name, row->bits,
			row->type);
		if (row->group)
			fprintf(out, " group=\"%s\"", row->group);
		fputs("/>\n", out);
	}
}

char *target_description(uint64_t components)
{
	const char *feature = NULL;
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return NULL;
	fputs("<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
	      "<architecture>i386:x86-64</architecture>\n<osabi>GNU/Linux</osabi>\n",
	      out);
	for (const struct arch_register_row *row = arch_register_rows; row->name; row++) {
		if (!arch_register_there(row, components))
			continue;
		if (!feature || strcmp(feature, row->feature)) {
			const char *types = arch_register_types(row->feature);
			fprintf(out, "%s<feature name=\"%s\">\n%s\n", feature ? "</feature>\n" : "",
				row->feature, types ? types : "");
			feature = row->feature;
		}
		describe_row(out, row);
	}
	fputs("</feature>\n</target>\n", out);
	return fclose(out) ? NULL : text;
}
