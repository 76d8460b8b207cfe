/* Code files in use: opening them, and mapping addresses in a tracee to those of the original. */
#ifndef RR_IMAGE_H
#define RR_IMAGE_H

#include "arch/arch.h"
#include "counter/soft.h"
#include "counter/step.h"
#include "instrument/code.h"
#include "tracee/task.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A code file, mapped into our own memory, every table checked to lie inside it. */
struct code_image {
	const struct code_header *h;
	const struct code_site *sites;
	const struct code_pair *origins, *moved;
	size_t bytes;
	/* addresses of counted edges, sorted: made when they are first asked for */
	uint32_t *edges;
	size_t nedges;
	int fd; /* of the code file; closed with the image */
};

/* Takes the descriptor. NULL if the file is damaged or of another version; the descriptor is closed
 * then. */
struct code_image *code_image_open(int fd);
void code_image_close(struct code_image *img);

/* Rewritten code in an address space. */
struct code_place {
	uint64_t lo; /* where the original file's first page is */
	const struct code_image *img;
	bool mapped; /* false: the program has unmapped it, only the trampolines are left */
};
struct code_places {
	struct code_place *v;
	size_t n;
	/* They only say which edges count: the original code is mapped and runs. */
	bool look_only;
};
struct code_places *code_of(const struct mm *mm);

/* Adds it, in the place of any whose trampolines it overlaps. */
void code_place_add(struct code_places *p, uint64_t lo, const struct code_image *img);
struct code_place *code_place_find(struct code_places *p, uint64_t lo,
				   const struct code_image *img);
/* The program's mappings of [start, start+len) are gone. */
void code_places_unmapped(struct code_places *p, uint64_t start, uint64_t len);
/* Whether some trampolines of the address space lie in [start, start+len). */
bool code_places_overlap(const struct code_places *p, uint64_t start, uint64_t len);
uint64_t code_place_tramp(const struct code_place *c);

/* The call that a stop's registers enter is a site's: *site becomes its row, and the registers in g
 * those of the program at the site, past the edge or before the instruction. saved: from
 * the counter page. read: tracee memory, 0 on success. False: the call is the program's
 * own. */
bool code_at_stop(const struct code_places *p, struct trace_regs *g,
		  const uint64_t saved[COUNTER_SAVED],
		  int (*read)(void *, uint64_t, void *, size_t), void *ctx,
		  const struct code_site **site);

/* Where the original program is when the task is at pc: pc itself outside of trampolines. */
uint64_t code_origin(const struct code_places *p, uint64_t pc);
/* The same just past a breakpoint instruction: perhaps one that has been written over the first
 * byte of another. */
uint64_t code_origin_broken(const struct code_places *p, uint64_t pc);
/* Where to go on for the original's pc: into a trampoline when that instruction has been moved
 * there. */
uint64_t code_entry(const struct code_places *p, uint64_t pc);
/* The one or two places where the work of the original's instruction at pc begins: v[0] is
 * code_entry(p, pc). */
size_t code_entries(const struct code_places *p, uint64_t pc, uint64_t v[2]);
/* Whether the program, stopped anywhere at pc, is before an instruction of the original:
 * that of code_origin(p, pc). */
bool code_at_insn(const struct code_places *p, uint64_t pc);
/* Whether pc is in the code by which every site stops, which belongs to none of them. */
bool code_at_stop_code(const struct code_places *p, uint64_t pc);
/* Whether pc lies in a trampoline. */
bool code_in_tramp(const struct code_places *p, uint64_t pc);

/* The task, stopped anywhere in counted code, will stop at its next edge. In the middle of counting
 * one, it is moved past that. */
void code_arm_next(struct task *t, struct soft_task *count);

/* Lets the task, whose t->regs are read and hold the original's pc, execute one instruction of the
 * original's, with a signal: STEP_DONE. STEP_CALL or STEP_NONDET: it is before a call, perhaps
 * one of counted code, or before a nondeterministic instruction, and is to be resumed.
 * Otherwise as step_once(). */
enum step_result code_step(struct task *t, const struct soft *soft, struct soft_task *count,
			   int request, int sig, int *status);

/* The task, whose t->regs are read, has stopped after an access to memory: executes what a
 * trampoline still has to do for the instruction that made it. */
void code_finish(struct task *t, const struct soft *soft, struct soft_task *count, int request);

/* Rewritten code that is mapped, as its file has it; file_off: where the original has that. */
struct code_run {
	uint64_t start;
	size_t len;
	const uint8_t *bytes;
	const struct code_image *img;
	uint64_t file_off;
};
/* The first in [addr, end). */
bool code_next_run(const struct code_places *p, uint64_t addr, uint64_t end, struct code_run *run);
/* What was read of it, as the original has it, whose file is open at fd; bytes that have been
 * written there since stay. */
void code_run_show(const struct code_run *run, int fd, uint8_t *buf);

/* Whether the edge that the original's instruction at pc may take is counted. */
bool code_counts(const struct code_places *p, uint64_t pc);

/* The code file for an ELF file, from the cache, made if it is not there. NULL if there is nothing
 * to rewrite, or it cannot be: *why then says so in a few words; NULL if it is us who lack
 * descriptors, room or memory for that. */
struct code_image *code_cache_get(int elf_fd, const char **why);
/* It is in the cache: getting it takes no time. */
bool code_cache_has(int elf_fd);

#endif
