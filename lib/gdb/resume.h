/* Moves the replay for the client, and chooses which stops are reported. Private to lib/gdb. */
#ifndef RR_GDB_RESUME_H
#define RR_GDB_RESUME_H

#include "gdb/session.h"

/* Resumes until a stop that must be reported to the client, and replies with it. If a notice is
 * due, replies with that instead. */
void gdb_resume(struct session *s, const struct debug_resume *go);
/* Moves to a position and reports no stop. Returns why it ended there; for DEBUG_STOP_FAILED,
 * debug_error() says what is wrong. */
enum debug_stop_kind gdb_seek(struct session *s, const struct debug_position *p);

#endif
