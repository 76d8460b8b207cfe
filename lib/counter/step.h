/* Ticks by single-stepping and decoding: slow and obviously right, the oracle for the other
 * counters. Every point is exact: it is told by its ticks and its registers. */
#ifndef RR_STEP_H
#define RR_STEP_H

#include "tracee/task.h"

enum step_result {
	STEP_DONE, /* one instruction; t->regs are read */
	STEP_CALL, /* stands in front of a system call, which has not been made */
	/* stands in front of an instruction whose result is not the program's own: *c */
	STEP_NONDET,
	STEP_STOPPED, /* it has not come to the end of it: *status, as of waitpid */
	STEP_GONE
};

/* Lets the task, whose t->regs are read, execute one instruction, with a signal. request:
 * PTRACE_SINGLESTEP, or PTRACE_SYSEMU_SINGLESTEP in replay, where it may stand in a call. *edge
 * becomes the address of the instruction when that has taken an edge of those that may count: a
 * jump or call to its own address or below, or an indirect jump; else 0. */
enum step_result step_once(struct task *t, int request, int sig, uint64_t *edge,
			   struct arch_nondet *c, int *status);

/* The same whatever the instruction is, and without a look at it: STEP_DONE, STEP_STOPPED or
 * STEP_GONE. A trap that is still to come counts as an instruction. */
enum step_result step_over(struct task *t, int request, int sig, int *status);

#endif
