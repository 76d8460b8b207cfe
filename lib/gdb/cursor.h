/* What a packet says, taken from its front piece by piece. Private to lib/gdb. */
#ifndef RR_GDB_CURSOR_H
#define RR_GDB_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cursor {
	const char *p, *end;
};

/* Each takes what its name says. False: something else is there, and the cursor may have moved. */
bool gdb_take_char(struct cursor *c, char expected);
bool gdb_take_word(struct cursor *c, const char *expected);
bool gdb_take_hex(struct cursor *c, uint64_t *v);                /* 1 to 16 digits, no sign */
bool gdb_take_bytes(struct cursor *c, uint8_t *bytes, size_t n); /* two digits each */
/* "addr,length". */
bool gdb_take_range(struct cursor *c, uint64_t *addr, uint64_t *len);
/* Everything up to a character, which is taken too, or up to the end; n is its length. */
const char *gdb_take_until(struct cursor *c, char end, size_t *n);
/* Text written as hexadecimal digits, up to the first character that is none; malloc'd. NULL: an
 * odd number of digits, or a NUL in the text. */
char *gdb_take_text(struct cursor *c);
bool gdb_at_end(const struct cursor *c);

struct thread_id {
	pid_t pid, tid; /* -1: all; 0: any */
};
bool gdb_take_thread(struct cursor *c, struct thread_id *id);

#endif
