/* What a call hands to the kernel: the bytes of the program's memory that it reads, and a checksum
 * of them. The recorder puts the checksum into the call's first event; the replayer compares it.
 *
 * Both take the bytes as they are at the call's entry, from the same rules: the rows of
 * formats/syscalls and formats/subcodes, and the `reads` function of a handler for what a row
 * cannot say. Length is bounded, since arguments may be anything: no call reads more of one
 * argument than PAYLOAD_PIECE bytes, except as a buffer of bytes to be written.
 */
#ifndef RR_KERNEL_PAYLOAD_H
#define RR_KERNEL_PAYLOAD_H

#include "trace/subcode.h"
#include "trace/systab.h"
#include "tracee/task.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call may take less of a buffer than it is given, and be made again with the rest: as long as
 * its result is not known, no more bytes than this are read. */
#define PAYLOAD_HEAD (128u << 10)
#define PAYLOAD_PIECE (16u << 20)
#define PAYLOAD_ALL UINT64_MAX

/* The beginnings of what a call reads, as DATA_IN records keep them: one after another, a struct
 * kept_head before each. */
struct kept {
	uint8_t *bytes;
	size_t len, cap;
};
struct kept_head {
	uint64_t addr, len;
	uint8_t arg; /* number of the argument, from 0 */
};
void kernel_kept_add(struct kept *k, int arg, uint64_t addr, const void *bytes, size_t len);
/* The record at *at, which then is where the next one begins; NULL: there is none. */
const uint8_t *kernel_kept_next(const struct kept *k, size_t *at, struct kept_head *h);

/* A call at its entry. */
struct payload_call {
	struct task *t;
	const struct sys_desc *desc;
	const struct subcode *code; /* of its arguments; NULL: none that is known */
	const uint64_t *args;       /* six */
	const struct trace_regs *regs;
	/* Breakpoints of a debugger are in the task's memory, and not the program's. */
	bool debugged;
};

struct payload {
	uint64_t head;
	bool some; /* the call reads memory at all */
	bool cut;  /* its buffers are longer than PAYLOAD_HEAD */
};
/* kept: gets the beginnings, for printing; NULL: they are not wanted. */
struct payload kernel_payload_begin(const struct payload_call *c, struct kept *kept);
/* The checksum with the first `bytes` bytes of its buffers, but at least PAYLOAD_HEAD. Never 0 for
 * a call that reads memory, always 0 for others. */
uint32_t kernel_payload_end(const struct payload_call *c, const struct payload *p, uint64_t bytes);

/* What argument i is: as the call's code says, if that names memory. */
const struct sys_arg *kernel_payload_arg(const struct sys_desc *d, const struct subcode *code,
					 int i);

/* For the `reads` functions of handlers. */
struct payload_walk;
const struct payload_call *payload_of(const struct payload_walk *w);
/* Argument `arg` has the call read these bytes. addr may be 0: nothing is read. */
void payload_read(struct payload_walk *w, int arg, uint64_t addr, uint64_t len);
/* The same, but not kept for printing. */
void payload_read_quietly(struct payload_walk *w, int arg, uint64_t addr, uint64_t len);
/* Bytes of a vector of buffers, and their contents. */
void payload_read_vector(struct payload_walk *w, int arg, uint64_t addr, uint64_t count);
/* The same as payload_read() for a string of at most max bytes, its NUL included. */
void payload_read_string(struct payload_walk *w, int arg, uint64_t addr, size_t max);

#endif
