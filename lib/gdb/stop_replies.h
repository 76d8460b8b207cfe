/* Stop replies (T, W, X and w packets) and the order in which stops are reported. Private to
 * lib/gdb. */
#ifndef RR_GDB_STOP_REPLIES_H
#define RR_GDB_STOP_REPLIES_H

#include "gdb/session.h"

/* Replies with a stop, or with what the client must know before it; then the stop comes as a
 * notice. */
void gdb_stop_reply(struct session *s, const struct debug_stop *stop);
/* The same for the stop that was reported last. */
void gdb_stop_reply_last(struct session *s);

/* Adds what the client's next resume reports instead of moving. */
void gdb_notice_add(struct session *s, enum notice_kind kind, const struct debug_stop *stop);
/* Has the next resume report everything about this position, which the client does not know. */
void gdb_notice_arrival(struct session *s);
/* Replies with a notice that is due. False: none is. */
bool gdb_notice_due(struct session *s);

#endif
