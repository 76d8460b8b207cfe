#include "gdb/target.h"

#include <string.h>

#define AUXV_WORDS 512

bool gdb_memory_read(struct session *s, pid_t tid, uint64_t addr, void *buf, size_t n)
{
	return debug_read(s->debug, tid, addr, buf, n) == (ssize_t)n;
}

bool gdb_memory_string(struct session *s, pid_t tid, uint64_t addr, char *text, size_t room)
{
	ssize_t n = debug_read(s->debug, tid, addr, text, room - 1);

	if (n < 0)
		return false;
	text[n] = '\0';
	return (size_t)n < room - 1 || strlen(text) < room - 1;
}

bool gdb_auxv_find(struct session *s, pid_t pid, uint64_t type, uint64_t *value)
{
	uint64_t auxv[AUXV_WORDS];
	ssize_t n = debug_auxv(s->debug, pid, auxv, sizeof(auxv));

	for (ssize_t i = 0; i + 1 < n / (ssize_t)sizeof(auxv[0]); i += 2) {
		if (auxv[i] == type) {
			*value = auxv[i + 1];
			return true;
		}
	}
	return false;
}

const struct arch_register_row *gdb_register_find(const struct session *s, uint64_t number,
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

bool gdb_state_load(struct session *s, pid_t tid)
{
	if (debug_get_regs(s->debug, tid, &s->state.regs))
		return false;
	ssize_t n = debug_get_xstate(s->debug, tid, s->state.xstate, sizeof(s->state.xstate));
	s->state.xlen = n > 0 ? (size_t)n : 0;
	return true;
}

/* Most conditions need only general registers, so the extended state is loaded last. */
bool gdb_register_value(struct session *s, pid_t tid, uint64_t number, uint64_t *value)
{
	const struct arch_register_row *row;
	uint8_t bytes[REGISTER_MAX] = {0};
	unsigned i;

	row = gdb_register_find(s, number, &i);
	if (!row || debug_get_regs(s->debug, tid, &s->state.regs))
		return false;
	s->state.xlen = 0;
	if (!arch_register_get(&s->state, row, i, bytes) &&
	    (!gdb_state_load(s, tid) || !arch_register_get(&s->state, row, i, bytes)))
		return false;
	memcpy(value, bytes, sizeof(*value));
	return true;
}
