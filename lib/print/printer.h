/* What the printers share: what they print into the line that is being made. */
#ifndef RR_PRINT_PRINTER_H
#define RR_PRINT_PRINTER_H

#include "arch/arch.h"
#include "print/line.h"
#include "print/print.h"
#include "trace/subcode.h"
#include "trace/systab.h"

#include <string.h>

/* --- arguments --- */

/* One call being printed. */
struct print_call {
	struct text *t;
	const struct trace_event *ev;
	const struct print_records *recs;
	const struct print_style *style;
	const struct sys_desc *desc; /* NULL: no such call */
	const struct subcode *code;  /* NULL: the call has none, or none that is known */
	uint64_t arg[6];
	bool done;   /* it has returned */
	bool failed; /* with an error */
};

/* The *n bytes recorded at addr as read (D_IN) or written (D_OUT) by the call, or NULL. */
const uint8_t *print_call_memory(const struct print_call *c, uint64_t addr, enum sys_dir dir,
				 size_t *n);
/* The same in either direction of `dir`: what the call wrote or, if nothing, what it read. */
const uint8_t *print_call_memory_any(const struct print_call *c, uint64_t addr, enum sys_dir dir,
				     size_t *n);
/* The arguments; of a call that has not returned, only those known at its entry. */
void print_call_args(struct print_call *c);
/* The beginning of a buffer of `all` bytes at addr, or its address if nothing of it was recorded.
 */
void print_call_buffer(const struct print_call *c, uint64_t addr, uint64_t all, enum sys_dir dir);
void print_call_iovec(const struct print_call *c, uint64_t addr, uint64_t count, enum sys_dir dir,
		      uint64_t bytes);
void print_call_msghdr(const struct print_call *c, const uint8_t *p, size_t n, enum sys_dir dir,
		       uint64_t bytes);
/* An argument that its row alone does not explain: true if this one was printed. */
bool print_call_irregular(const struct print_call *c, unsigned arg);
/* A code (T_CMD): F_SETFL, TCGETS, … */
void print_call_code(const struct print_call *c, unsigned arg);
/* How many arguments the call has with its code. */
unsigned print_call_nargs(const struct print_call *c);

/* --- structs --- */

/* A printer gets at least `size` bytes. */
typedef void print_struct_fn(const struct print_call *c, const uint8_t *p, size_t n);
struct print_struct {
	const char *name; /* as in formats/structs */
	size_t size;      /* least bytes it can be printed from */
	print_struct_fn *print;
};
/* The printer of struct number `sub` of a T_STRUCT argument, or NULL. */
const struct print_struct *print_struct_get(unsigned sub);
const struct print_struct *print_struct_find(const char *name);

extern const struct print_struct print_structs_plain[], print_structs_signal[],
	print_structs_socket[];

print_struct_fn print_siginfo, print_sigset;
void print_sockaddr(const struct print_call *c, const uint8_t *p, size_t n);
void print_wait_status(struct text *t, int status); /* {WIFEXITED(s) && WEXITSTATUS(s) == 0} */

/* Bytes of a struct may lie anywhere: no pointer to them is a pointer to a struct. */
#define LOAD(type, p) \
	({ \
		type load_; \
		memcpy(&load_, (p), sizeof(load_)); \
		load_; \
	})

/* --- a line's columns --- */

void print_columns(struct text *t, const struct trace_event *ev, const char *kind,
		   const struct print_style *style); /* the first five, and what ends the fifth */
void print_detail(struct text *t, const struct trace_event *ev, const struct print_records *recs,
		  const struct print_style *style);
/* The registers after the event are worth printing. */
bool print_has_after(const struct trace_event *ev);
void print_json(struct text *t, const struct trace_event *ev, const struct print_records *recs,
		const struct print_style *style);
void print_status(struct text *t, int status); /* exited 0, killed by SIGSEGV (core dumped) */

#endif
