/* A task's registers as debuggers number them: the machine's features in gdb's manual, "Standard
 * Target Features". Values are little-endian bytes.
 */
#ifndef RR_REGISTERS_H
#define RR_REGISTERS_H

#include "arch/arch.h"

/* A run of `count` registers of one kind. */
struct arch_register_row {
	const char *feature;
	const char *name;         /* for count > 1 with %u in it, from `first` on */
	const char *type, *group; /* gdb's; group may be NULL */
	uint16_t count, first, bits;
	/* private: where it is */
	uint8_t place, stored; /* bytes there, which may be fewer than bits / 8 */
	uint16_t offset, stride;
};

/* Zeroes end it. */
extern const struct arch_register_row arch_register_rows[];
/* What a target description says before the registers of a feature: its types. NULL: nothing. */
const char *arch_register_types(const char *feature);

/* What a debugger is shown with every stop: where the task is, and its innermost frame. */
struct arch_stop_register {
	unsigned number; /* the debugger's */
	int reg;         /* index into struct trace_regs; -1 ends the list */
};
extern const struct arch_stop_register arch_stop_registers[];

/* All that a task has. */
struct arch_state {
	struct trace_regs regs;
	size_t xlen; /* bytes of it; 0: it has none */
	/* the extended state, as ptrace(2) gives it */
	_Alignas(64) uint8_t xstate[ARCH_XSTATE_MAX];
};

/* Which components of the extended state there are: a bit each. */
uint64_t arch_state_components(const struct arch_state *s);
/* Whether such a state has the registers of the row. */
bool arch_register_there(const struct arch_register_row *row, uint64_t components);
/* Number `i` of the row; `value` has bits / 8 bytes. False: the state has it not. */
bool arch_register_get(const struct arch_state *s, const struct arch_register_row *row, unsigned i,
		       uint8_t *value);
bool arch_register_set(struct arch_state *s, const struct arch_register_row *row, unsigned i,
		       const uint8_t *value);

#endif
