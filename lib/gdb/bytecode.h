/* Conditions of breakpoints. Private to lib/gdb. */
#ifndef RR_GDB_BYTECODE_H
#define RR_GDB_BYTECODE_H

#include "gdb/session.h"

/* Whether an expression in gdb's bytecode (its manual, "The GDB Agent Expression Mechanism") is
 * true in a thread. One that cannot be evaluated is. */
bool gdb_bytecode_true(struct session *s, pid_t tid, const uint8_t *code, size_t n);

#endif
