/* What the client writes makes a diversion, a copy of this position (replay/debug.h). The next
 * resume ends it, unless the client has moved a thread elsewhere to run something there, as gdb
 * does for `call`: then the resume runs that, and the first resume after the client has restored
 * the registers ends the diversion. Private to lib/gdb. */
#ifndef RR_GDB_DIVERSION_H
#define RR_GDB_DIVERSION_H

#include "gdb/session.h"

/* To be called before the client's change of a thread's registers, with what they are. */
void gdb_diversion_begin(struct session *s, pid_t tid, const struct trace_regs *before);
/* Puts everything back; nothing if there is no diversion. */
void gdb_diversion_end(struct session *s);
/* Whether a thread has been moved elsewhere. */
bool gdb_diversion_running(struct session *s);

#endif
