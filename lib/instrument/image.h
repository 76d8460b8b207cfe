/* Opens code files, and maps addresses in a tracee to those of the original and back. */
#ifndef RR_IMAGE_H
#define RR_IMAGE_H

#include "arch/arch.h"
#include "counter/soft.h"
#include "counter/step.h"
#include "instrument/code.h"
#include "tracee/task.h"
#include "util/build_id.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An open code file, mapped into this process. Every table was checked to lie inside it. */
struct code_image {
	const struct code_header *h;
	const struct code_site *sites;
	const struct code_pair *origins, *moved;
	size_t bytes;
	/* addresses of counted edges, sorted; filled at first use */
	uint32_t *edges;
	size_t nedges;
	int fd; /* of the code file; closed with the image */
};

/* Takes ownership of the descriptor, and closes it on failure. NULL: the file is damaged or of
 * another version. */
struct code_image *code_image_open(int fd);
void code_image_close(struct code_image *img);
/* NULL if the code file is whole, else in a few words what is wrong. The descriptor stays the
 * caller's. */
const char *code_file_check(int fd);
/* Whether its bytes have the checksum that was made with them. */
bool code_image_is_whole(const struct code_image *img);
/* The checksum of a code file of this length, all of which is at `bytes`; never 0. */
uint32_t code_body_sum(const void *bytes, uint64_t len);

/* Rewritten code in an address space. */
struct code_place {
	uint64_t lo; /* address of the original file's first page */
	const struct code_image *img;
	bool mapped; /* false: the program has unmapped it, only the trampolines are left */
};
struct code_places {
	struct code_place *v;
	size_t n;
	/* The original code is mapped and runs; code images only define the counted edges. */
	bool look_only;
};
struct code_places *code_of(const struct mm *mm);

/* Adds an image, and removes those whose trampolines it overlaps. */
void code_place_add(struct code_places *p, uint64_t lo, const struct code_image *img);
struct code_place *code_place_find(struct code_places *p, uint64_t lo,
				   const struct code_image *img);
/* To be called after the program has unmapped [start, start+len). */
void code_places_unmapped(struct code_places *p, uint64_t start, uint64_t len);
/* Whether some trampolines of the address space lie in [start, start+len). */
bool code_places_overlap(const struct code_places *p, uint64_t start, uint64_t len);
uint64_t code_place_tramp(const struct code_place *c);

/* For a syscall-entry-stop with registers g. If counted code made the call, sets *site to the
 * site's row, and g to the program's registers past the edge or before the nondeterministic
 * instruction. saved: from the counter page. read: reads tracee memory, 0 on success. False: the
 * program made the call. */
bool code_at_stop(const struct code_places *p, struct trace_regs *g,
		  const uint64_t saved[COUNTER_SAVED],
		  int (*read)(void *, uint64_t, void *, size_t), void *ctx,
		  const struct code_site **site);

/* The address in the original code at which a task at pc is. Outside of trampolines: pc itself. */
uint64_t code_origin(const struct code_places *p, uint64_t pc);
/* The same for a task just past a breakpoint instruction, which may have replaced the first byte of
 * another instruction. */
uint64_t code_origin_broken(const struct code_places *p, uint64_t pc);
/* Where a task must continue to be at the original's pc: in a trampoline if that instruction is
 * displaced. */
uint64_t code_entry(const struct code_places *p, uint64_t pc);
/* The one or two places where the execution of the original's instruction at pc begins. v[0] is
 * code_entry(p, pc). */
size_t code_entries(const struct code_places *p, uint64_t pc, uint64_t v[2]);
/* Whether a program stopped at pc has executed nothing yet of the original's instruction at
 * code_origin(p, pc). */
bool code_at_insn(const struct code_places *p, uint64_t pc);
/* Whether pc is in the code by which all sites stop. It belongs to no site. */
bool code_at_stop_code(const struct code_places *p, uint64_t pc);
/* Whether pc lies in a trampoline. */
bool code_in_tramp(const struct code_places *p, uint64_t pc);

/* Instructions that a trampoline executes between two of the program's, at most. */
#define CODE_BETWEEN_MAX 64

/* g: the registers of a task that has stopped anywhere in counted code, not in a call. They become
 * those of the original program at the next place before one of its instructions, as if the rest
 * of a trampoline had been executed; a nondeterministic instruction is not executed. count is
 * brought up to date; count->page.left is 0 if the task would have stopped at an edge meanwhile.
 * Only g and count change, not the task. False: it has stopped in code that is not the rewriter's.
 * read: as for code_at_stop(). */
bool code_settle(const struct code_places *p, struct trace_regs *g, struct soft_task *count,
		 int (*read)(void *, uint64_t, void *, size_t), void *ctx);

/* Whether the original's instruction at pc is in code whose edges are counted. */
bool code_is_counted(const struct code_places *p, uint64_t pc);

/* The task, stopped anywhere in counted code, will stop at its next counted edge. If it is just
 * counting one, it is advanced past that one. */
void code_arm_next(struct task *t, struct soft_task *count);

/* Lets the task, whose t->regs are read and have the original's pc, execute one instruction of the
 * original and delivers `sig`: STEP_DONE. STEP_CALL or STEP_NONDET: the task is before a call,
 * which may be that of counted code, or before a nondeterministic instruction, and must be resumed.
 * Otherwise like step_once(). */
enum step_result code_step(struct task *t, const struct soft *soft, struct soft_task *count,
			   int request, int sig, int *status);

/* For a task, whose t->regs are read, that has stopped after an access to memory: executes the rest
 * of the trampoline's code for that instruction. */
void code_finish(struct task *t, const struct soft *soft, struct soft_task *count, int request);

/* A run of mapped rewritten code, its bytes in the code file, and file_off, its offset in the
 * original file. */
struct code_run {
	uint64_t start;
	size_t len;
	const uint8_t *bytes;
	const struct code_image *img;
	uint64_t file_off;
};
/* The first run in [addr, end). */
bool code_next_run(const struct code_places *p, uint64_t addr, uint64_t end, struct code_run *run);
/* What was read from addr on, as it is where rewritten code is mapped: changed only where the
 * original is mapped. */
void code_show_rewritten(const struct code_places *p, uint64_t addr, uint8_t *buf, size_t n);
/* Replaces rewritten bytes of the run in buf by those of the original file fd. Bytes that were
 * written since stay. */
void code_run_show(const struct code_run *run, int fd, uint8_t *buf);

/* Whether the original's instruction at pc is a counted edge. */
bool code_counts(const struct code_places *p, uint64_t pc);

/* The code file for an ELF file, from the cache; it is made if it is not there. NULL: there is
 * nothing to rewrite, or it cannot be rewritten. *why then gives the reason, or is NULL if this
 * process lacks descriptors, disk space or memory. */
struct code_image *code_cache_get(int elf_fd, const uint8_t build_id[BUILD_ID_LEN],
				  const char **why);
/* Makes sure that the file in the cache, which code_cache_get() has returned, survives a power cut,
 * and need not be checked. -1 with errno: it is not there, or cannot be written. */
int code_cache_keep(int elf_fd, const uint8_t build_id[BUILD_ID_LEN]);
/* Whether there is a directory for the cache. Otherwise code files are made in memory. */
bool code_cache_is_usable(void);
/* To be called when no more code files are needed: removes what is above the cache's limit, if this
 * process has made any. */
void code_cache_tidy(void);
/* Whether it is in the cache, so that code_cache_get() takes no time. */
bool code_cache_has(int elf_fd, const uint8_t build_id[BUILD_ID_LEN]);

#endif
