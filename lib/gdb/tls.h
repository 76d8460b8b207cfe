/* Thread-local variables. Private to lib/gdb. */
#ifndef RR_GDB_TLS_H
#define RR_GDB_TLS_H

#include "gdb/session.h"

/* Address of the variable at `offset` in a thread's block for the object with this link_map (0: the
 * main program); false: not allocated, or the C library does not say where. */
bool gdb_tls_address(struct session *s, const struct debug_thread *t, uint64_t offset,
		     uint64_t link_map, uint64_t *addr);

#endif
