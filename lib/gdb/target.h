/* Reads of the debugged program's memory, registers and auxiliary vector. Private to lib/gdb. */
#ifndef RR_GDB_TARGET_H
#define RR_GDB_TARGET_H

#include "gdb/session.h"

/* All n bytes, or false. */
bool gdb_memory_read(struct session *s, pid_t tid, uint64_t addr, void *buf, size_t n);
/* A NUL-terminated string, NUL included, of at most `room` bytes; false: longer, or unreadable. */
bool gdb_memory_string(struct session *s, pid_t tid, uint64_t addr, char *text, size_t room);
bool gdb_auxv_find(struct session *s, pid_t pid, uint64_t type, uint64_t *value);

/* Bytes of the largest register. */
#define REGISTER_MAX 64
/* The row that holds the register with this number in the target description, and its index in the
 * row. NULL: none. */
const struct arch_register_row *gdb_register_find(const struct session *s, uint64_t number,
						  unsigned *index);
/* Loads a thread's registers and extended state into s->state; false: they cannot be read. */
bool gdb_state_load(struct session *s, pid_t tid);
/* The low 64 bits of a register; false: the thread has it not. Overwrites s->state. */
bool gdb_register_value(struct session *s, pid_t tid, uint64_t number, uint64_t *value);

#endif
