/* Inside the printers: a line being made, and what is printed into it. */
#ifndef RR_PRINT_FIELDS_H
#define RR_PRINT_FIELDS_H

#include "arch/arch.h"
#include "print/print.h"
#include "trace/subcode.h"
#include "trace/systab.h"

#include <string.h>

/* Goes to `out` when full and at text_flush: a line of any length in constant memory. */
struct text {
	FILE *out;
	bool json; /* what is in `room` goes out as the inside of a JSON string */
	size_t n;
	char room[4096];
};

static inline void text_init(struct text *t, FILE *out)
{
	t->out = out;
	t->json = false;
	t->n = 0;
}
void text_flush(struct text *t);
/* Between text_json and text_plain, what is put is escaped for a JSON string. */
void text_json(struct text *t);
void text_plain(struct text *t);

static inline void text_char(struct text *t, char c)
{
	if (t->n == sizeof(t->room))
		text_flush(t);
	t->room[t->n++] = c;
}
void text_mem(struct text *t, const char *s, size_t n);
static inline void text_str(struct text *t, const char *s)
{
	text_mem(t, s, strlen(s));
}
void text_dec(struct text *t, int64_t v);
void text_udec(struct text *t, uint64_t v);
void text_hex(struct text *t, uint64_t v);     /* 0x1f */
void text_octal(struct text *t, uint64_t v);   /* 0644; 0 is "000" */
void text_nine(struct text *t, uint64_t ns);   /* nine digits */
void text_pointer(struct text *t, uint64_t v); /* NULL or hex */
/* ", " before every element but the first. */
void text_comma(struct text *t, bool *first);
/* Spaces up to `width` columns behind `from`, a value of text_mark. */
size_t text_mark(struct text *t);
void text_pad(struct text *t, size_t from, size_t width);

/* Bytes as in C source; with hex, every byte as \xNN. No quotes. */
void text_escaped(struct text *t, const void *p, size_t n, bool hex);
/* The same in quotes, and "..." behind them if `all` bytes were more than n. */
void text_quoted(struct text *t, const void *p, size_t n, uint64_t all, bool hex);
/* A string of ours, a path or an argument: escaped, no quotes. */
void text_name(struct text *t, const char *s);
void text_hex_bytes(struct text *t, const void *p, size_t n); /* 0a1b… */

/* --- tables (formats/flags)
 * ------------------------------------------------------------------------- */

/* Tables go by their index, FT_*. The name of a value of 32 bits, whatever is above them, or NULL.
 */
const char *flag_name(unsigned table, uint32_t value);
void text_flags(struct text *t, unsigned table, uint64_t value);
void text_enum(struct text *t, unsigned table, uint32_t value);
/* A value that no table names: decimal if it is one digit, else hexadecimal. */
void text_unnamed(struct text *t, uint32_t value);

void text_errno(struct text *t, unsigned err); /* ENOENT */
void text_signal(struct text *t, int sig);     /* SIGINT, SIGRT_3 */

/* --- arguments
 * -------------------------------------------------------------------------------------- */

/* One call being printed. */
struct call {
	struct text *t;
	const struct trace_event *ev;
	const struct event_records *recs;
	const struct event_style *style;
	const struct sys_desc *desc; /* NULL: no such call */
	const struct subcode *code;  /* NULL: the call has none, or none that is known */
	uint64_t arg[6];
	bool done;   /* it has returned */
	bool failed; /* with an error */
};

/* Bytes recorded at an address as read (D_IN) or written (D_OUT) by the call; NULL if none. *n: how
 * many. */
const uint8_t *call_memory(const struct call *c, uint64_t addr, enum sys_dir dir, size_t *n);
/* The same in the direction that says most, of those in `dir`: what came back, else what went in.
 */
const uint8_t *call_memory_any(const struct call *c, uint64_t addr, enum sys_dir dir, size_t *n);
/* "name(arguments": no closing parenthesis. unfinished: only arguments known before the call
 * returns. */
void call_print_args(struct call *c);
/* Prints `n` bytes at most of a buffer of `all` bytes at addr, or the address if they were not
 * kept. */
void call_print_buf(const struct call *c, uint64_t addr, uint64_t all, enum sys_dir dir);
void call_print_iovec(const struct call *c, uint64_t addr, uint64_t count, enum sys_dir dir,
		      uint64_t bytes);
void call_print_msghdr(const struct call *c, const uint8_t *p, size_t n, enum sys_dir dir,
		       uint64_t bytes);
/* An argument that its row alone does not explain: true if this one was printed. */
bool call_print_irregular(const struct call *c, unsigned arg);
/* A code (T_CMD): F_SETFL, TCGETS, … */
void call_print_code(const struct call *c, unsigned arg);
/* How many arguments the call has with its code. */
unsigned call_nargs(const struct call *c);

/* --- structs
 * ---------------------------------------------------------------------------------------- */

/* A printer gets at least `size` bytes. */
typedef void struct_printer(const struct call *c, const uint8_t *p, size_t n);
struct struct_print {
	const char *name; /* as in formats/structs */
	size_t size;      /* least bytes it can be printed from */
	struct_printer *print;
};
/* The printer of struct number `sub` of a T_STRUCT argument, or NULL. */
const struct struct_print *struct_print_get(unsigned sub);
const struct struct_print *struct_print_find(const char *name);

extern const struct struct_print structs_plain[], structs_signal[], structs_socket[];

struct_printer print_siginfo, print_sigset;
void print_sockaddr(const struct call *c, const uint8_t *p, size_t n);
void text_wait_status(struct text *t, int status); /* {WIFEXITED(s) && WEXITSTATUS(s) == 0} */

/* Bytes of a struct may lie anywhere: no pointer to them is a pointer to a struct. */
#define LOAD(type, p) \
	({ \
		type load_; \
		memcpy(&load_, (p), sizeof(load_)); \
		load_; \
	})

/* --- a line's columns
 * ------------------------------------------------------------------------------- */

void event_columns(struct text *t, const struct trace_event *ev, const char *kind,
		   const struct event_style *style); /* the first five, and what ends the fifth */
void event_detail(struct text *t, const struct trace_event *ev, const struct event_records *recs,
		  const struct event_style *style);
void event_json(struct text *t, const struct trace_event *ev, const struct event_records *recs,
		const struct event_style *style);
void text_status(struct text *t, int status); /* exited 0, killed by SIGSEGV (core dumped) */

#endif
