/* Text for the user of the client: messages, and what the program writes. Private to lib/gdb. */
#ifndef RR_GDB_CONSOLE_H
#define RR_GDB_CONSOLE_H

#include "gdb/session.h"

/* Both send at once. Only while the client waits for a reply that may be preceded by text. */
void gdb_console(struct session *s, const char *text, size_t n);
__attribute__((format(printf, 2, 3))) void gdb_console_format(struct session *s, const char *fmt,
							      ...);

/* debug_options.output; ctx is the struct gdb. Keeps the text while no client can take it. */
void gdb_program_output(void *ctx, int stream, const void *bytes, size_t n);
/* Sends what was kept. */
void gdb_program_output_release(struct session *s);

#endif
