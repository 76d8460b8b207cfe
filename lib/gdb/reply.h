/* The reply to a packet, put together in struct session. Private to lib/gdb. */
#ifndef RR_GDB_REPLY_H
#define RR_GDB_REPLY_H

#include "gdb/session.h"

/* Begins an empty reply. */
void gdb_reply_begin(struct session *s);
/* Sends it, unless the packet has none. */
void gdb_reply_send(struct session *s);
/* This packet has no reply. */
void gdb_reply_none(struct session *s);

void gdb_reply_bytes(struct session *s, const void *bytes, size_t n);
void gdb_reply_text(struct session *s, const char *text);
__attribute__((format(printf, 2, 3))) void gdb_reply_format(struct session *s, const char *fmt,
							    ...);
void gdb_reply_hex(struct session *s, const void *bytes, size_t n);
void gdb_reply_ok(struct session *s);
/* Replaces everything put before. The numbers are errno's of this machine or any other: clients
 * only print them. */
void gdb_reply_error(struct session *s, int number);
/* 'm' and a piece of a document, or 'l' and its last piece. */
void gdb_reply_part(struct session *s, const char *document, size_t n, uint64_t offset,
		    uint64_t len);
/* A thread's id in the form that the client understands. */
void gdb_reply_thread(struct session *s, pid_t pid, pid_t tid);

#endif
