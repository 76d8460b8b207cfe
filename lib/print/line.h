/* The line that is being made: numbers, escaped bytes, names from tables. */
#ifndef RR_PRINT_LINE_H
#define RR_PRINT_LINE_H

#include "print/print.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A line of any length in constant memory: written to `out` whenever it is full, and at
 * print_flush. */
struct text {
	FILE *out;
	bool json; /* to be escaped as the inside of a JSON string */
	size_t n;
	char room[4096];
};

static inline void print_init(struct text *t, FILE *out)
{
	t->out = out;
	t->json = false;
	t->n = 0;
}
void print_flush(struct text *t);
/* What is printed between these two is escaped for a JSON string. */
void print_json_begin(struct text *t);
void print_json_end(struct text *t);

static inline void print_char(struct text *t, char c)
{
	if (t->n == sizeof(t->room))
		print_flush(t);
	t->room[t->n++] = c;
}
void print_mem(struct text *t, const char *s, size_t n);
static inline void print_str(struct text *t, const char *s)
{
	print_mem(t, s, strlen(s));
}
void print_dec(struct text *t, int64_t v);
void print_udec(struct text *t, uint64_t v);
void print_hex(struct text *t, uint64_t v);     /* 0x1f */
void print_octal(struct text *t, uint64_t v);   /* 0644; 0 is "000" */
void print_nine(struct text *t, uint64_t ns);   /* nine digits */
void print_pointer(struct text *t, uint64_t v); /* NULL or hex */
/* ", " before every element but the first. */
void print_comma(struct text *t, bool *first);
/* Pads with spaces to `width` columns after `from`, which print_mark gave. */
size_t print_mark(struct text *t);
void print_pad(struct text *t, size_t from, size_t width);
/* Ends the column that began at `from`: pads it to `width` where columns are aligned, or a tab. */
void print_column(struct text *t, const struct print_style *style, size_t from, size_t width);

/* Bytes as in C source; with hex, every byte as \xNN. No quotes. */
void print_escaped(struct text *t, const void *p, size_t n, bool hex);
/* The same in quotes, followed by "..." if there were more bytes in `all` than n. */
void print_quoted(struct text *t, const void *p, size_t n, uint64_t all, bool hex);
/* A path or another string, escaped, without quotes. */
void print_name(struct text *t, const char *s);
void print_hex_bytes(struct text *t, const void *p, size_t n); /* 0a1b… */

/* --- tables (formats/flags) --- */

/* `table` is an FT_*. The name of a value, of which only 32 bits count, or NULL. */
const char *print_flag_name(unsigned table, uint32_t value);
void print_flags(struct text *t, unsigned table, uint64_t value);
void print_enum(struct text *t, unsigned table, uint32_t value);
/* A value that no table names: decimal if it is one digit, else hexadecimal. */
void print_unnamed(struct text *t, uint32_t value);

void print_errno(struct text *t, unsigned err); /* ENOENT */
void print_signal(struct text *t, int sig);     /* SIGINT, SIGRT_3 */

#endif
