/* A code file: the rewritten executable segments of one ELF file, trampolines, and tables of
 * addresses. It is made once for an ELF file, kept in the cache and in traces, and mapped in place
 * of the original.
 *
 * Everything is little-endian and read in place. The order is: this header, padded to a page; the
 * segments, each padded to pages; the trampolines; the tables. Addresses of the original are
 * offsets from `lo` (the ELF file's lowest page), those of trampolines are offsets from the first
 * trampoline. A file that would need more than 32 bits for either is not rewritten.
 */
#ifndef RR_CODE_H
#define RR_CODE_H

#include <stdint.h>

#define CODE_MAGIC 0x0a65646f43727221ull
/* Version of this format. A trace with code files of another version is refused. */
#define CODE_VERSION 8
/* Version of the rewriter or the format. The cache replaces code files of another edition. */
#define CODE_EDITION 16
#define CODE_SEGMENTS 8

enum code_kind {
	CODE_JUMP = 1,     /* backward jump, conditional or not */
	CODE_CALL = 2,     /* backward direct call */
	CODE_INDIRECT = 3, /* indirect jump */
	CODE_NEXT = 4,     /* an instruction beside an indirect call: goes on to the one after it */
	CODE_NONDET =
		16 /* from here on: nondeterministic instructions, by struct arch_nondet's kind */
};

struct code_site {
	uint32_t site;   /* the original instruction */
	uint32_t target; /* JUMP, CALL: the target; nondeterministic instructions: the next
			    instruction; INDIRECT: 0 */
	/* trampoline code after the count or the instruction. INDIRECT: the jump
	 * itself */
	uint32_t tail;
	uint8_t kind; /* enum code_kind */
	uint8_t len;  /* bytes of the original instruction */
	uint8_t reg;  /* nondeterministic instructions: number of the register they set; edges:
			 1 if the cheap form counts, which leaves the arithmetic flags as a
			 subtraction of COUNTER_TICK does */
	uint8_t size; /* bytes of it that are written: 2, 4, 8 */
};

/* In `to` of a displaced instruction: it begins a rewritten group. */
#define CODE_START 0x80000000u

struct code_pair {
	uint32_t from, to;
};

struct code_segment {
	uint64_t addr;     /* offset from lo, a multiple of the page size */
	uint64_t len;      /* the same */
	uint64_t file_off; /* offset in the ELF file */
	uint64_t code_off; /* offset in this file */
};

/* A table of `count` entries at `off`. */
struct code_table {
	uint64_t off, count;
};

struct code_header {
	uint64_t magic;
	uint32_t version, nsegments;
	uint64_t file_len; /* of this file */
	uint64_t lo, len;  /* the ELF file's pages: first address, bytes */
	/* of the trampolines, offset from lo, a multiple of the page size; often negative */
	int64_t tramp_addr;
	uint64_t tramp_off, tramp_len; /* their offset in this file and their length; multiples of
					  the page size */
	/* offset in the trampolines: the end of the one call instruction by which all sites stop */
	uint32_t stop_end;
	uint32_t left_alone; /* sites that could not be rewritten */
	struct code_segment segments[CODE_SEGMENTS];
	struct code_table
		sites; /* struct code_site, by number, which is that of the call at a stop */
	/* struct code_pair, by `from`: trampoline code from `from` to the next entry belongs to the
	 * original instruction `to`. There is an entry for the start of every trampoline and for
	 * every displaced instruction in it. */
	struct code_table origins;
	/* struct code_pair, by `from`: displaced instructions of the original, and the trampoline
	 * code that executes them. With CODE_START in `to`, the instruction's place holds a jump to
	 * that code. Other displaced instructions are never jumped to; their place is inside such a
	 * jump, or free. */
	struct code_table moved;
	struct code_table
		syscalls;    /* uint32_t, sorted: the address of every `syscall` instruction */
	uint32_t body_sum;   /* of what follows the header: code_body_sum(); 0: none was made */
	uint32_t header_crc; /* CRC-32 (zlib's) of the bytes above */
};

#endif
