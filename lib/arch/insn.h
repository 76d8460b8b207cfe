/* Instructions of a program, as far as stepping and debugging need to know them. */
#ifndef RR_ARCH_INSN_H
#define RR_ARCH_INSN_H

#include "arch/arch.h"

struct arch_insn {
	unsigned len; /* bytes; 0: the bytes are no instruction */
	bool syscall; /* enters the kernel */
	bool is_nondet;
	struct arch_nondet nondet;
	bool repeats; /* a string instruction, which ARCH_REG_COUNT makes repeat itself */
	/* saves the flags in memory, or loads them from there: the single-step flag among them */
	bool saves_flags, loads_flags;
	/* A jump or call that is a counted edge when it is taken: to its own address or below, or
	 * an indirect jump, whose target is then unknown. */
	bool counts, always; /* always: it is always taken */
	uint64_t target;
};
/* The instruction that `bytes` begin with, at address pc. */
void arch_insn_decode(const uint8_t *bytes, size_t n, uint64_t pc, struct arch_insn *in);

/* Executes an instruction that loads the flags on the registers before it: a single step would
 * leave the single-step flag to the program. False: the program sets that flag itself, or there is
 * nothing to load; g is unchanged. */
bool arch_load_flags(struct trace_regs *g, const struct arch_insn *in,
		     int (*read)(void *, uint64_t, void *, size_t), void *ctx);
/* A step over an instruction that saves the flags has left the registers g: clears the single-step
 * flag in what it saved, unless the program had set it before the step. */
void arch_saved_flags_unstep(const struct trace_regs *g, const struct trace_regs *before,
			     int (*read)(void *, uint64_t, void *, size_t),
			     int (*write)(void *, uint64_t, const void *, size_t), void *ctx);

/* The memory that an instruction reads and writes. */
#define ARCH_ACCESSES_MAX 10
struct arch_accesses {
	unsigned insn_len;
	unsigned longest; /* bytes of the longest access, those of unknown address included; >= 1 */
	unsigned n;
	struct {
		uint64_t addr;
		unsigned len;
	} v[ARCH_ACCESSES_MAX];
};
/* Of the instruction at the program counter of g. False: the bytes are none. */
bool arch_insn_accesses(const uint8_t *bytes, size_t n, const struct trace_regs *g,
			struct arch_accesses *a);

/* Where the indirect jump at pc goes; 0 if it cannot be known. */
uint64_t arch_jump_target(const uint8_t *bytes, size_t n, uint64_t pc, const struct trace_regs *g,
			  int (*read)(void *, uint64_t, void *, size_t), void *ctx);

/* A copy of an instruction that does the same elsewhere, with a jump to the next one after it. */
#define ARCH_DISPLACED_MAX 64
struct arch_displaced {
	uint8_t code[ARCH_DISPLACED_MAX];
	uint8_t len;      /* of the instruction */
	uint8_t borrowed; /* private: the register that the copy borrows, plus 1 */
};
/* Of the instruction at addr. save: where the copy may keep a word, an address below 2 GiB; 0:
 * nowhere. False: the instruction would do something else elsewhere. */
bool arch_displace(const uint8_t *bytes, size_t n, uint64_t addr, uint64_t save,
		   struct arch_displaced *d);
/* The registers of a task that has stopped in a copy at `at` become those before the
 * instruction at addr, or past it. saved: the word kept at `save`. */
void arch_undisplace(struct trace_regs *g, uint64_t addr, uint64_t at, unsigned len,
		     unsigned borrowed, uint64_t saved);

#endif
