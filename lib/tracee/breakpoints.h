/* Breakpoint instructions in the memory of tracees. All tasks of the address space stop at them. */
#ifndef RR_BREAKPOINTS_H
#define RR_BREAKPOINTS_H

#include "tracee/task.h"

struct breakpoint {
	uint64_t addr;
	uint8_t was;   /* the original byte */
	uint8_t len;   /* of the instruction, once it has a copy: replay/displace.h */
	uint8_t reg;   /* 1 + the number of the register that the copy borrows; 0: none */
	uint16_t slot; /* of that copy; 0: none yet */
};

/* -1: nothing is mapped there. */
TASK_CHECKED int task_insert_breakpoint(struct task *t, uint64_t addr);
void task_remove_breakpoint(struct task *t, uint64_t addr);
void task_remove_breakpoints(struct task *t);
struct breakpoint *task_find_breakpoint(const struct task *t,
					uint64_t addr); /* NULL: there is none */
/* Like task_write(), but breakpoints in the range stay. */
TASK_CHECKED int task_write_program(struct task *t, uint64_t addr, const uint8_t *buf, size_t n);
/* Replaces breakpoints by the original bytes in buf, which was read from addr. */
void task_hide_breakpoints(const struct task *t, uint64_t addr, uint8_t *buf, size_t n);

/* Whether that signal comes from a breakpoint instruction, after it (SI_KERNEL:
 * arch/x86/kernel/traps.c). */
bool task_is_breakpoint_trap(const siginfo_t *info);

#endif
