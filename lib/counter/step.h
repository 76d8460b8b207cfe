/* Ticks by single-stepping and decoding: slow, obviously right, and so the oracle for the other
 * counters. Every point is exact: its ticks and registers identify it. */
#ifndef RR_STEP_H
#define RR_STEP_H

#include "tracee/task.h"

enum step_result {
	STEP_DONE, /* it has executed one instruction; t->regs are read */
	STEP_CALL, /* it is before a system call */
	/* it is before a nondeterministic instruction: *c */
	STEP_NONDET,
	STEP_STOPPED, /* it stopped before the end of the instruction: *status, as from waitpid */
	STEP_GONE
};

/* Steps the task, whose t->regs are read, over one instruction, and delivers `sig` if that is not
 * 0. request: PTRACE_SINGLESTEP, or PTRACE_SYSEMU_SINGLESTEP in replay, where the task may be
 * inside a call. *edge becomes the instruction's address if it took an edge that may be counted:
 * a jump or call to its own address or below, an indirect jump, or, if it is neither of these, the
 * way to the next instruction; otherwise 0. */
enum step_result step_once(struct task *t, int request, int sig, uint64_t *edge,
			   struct arch_nondet *c, int *status);

/* The same without decoding the instruction: STEP_DONE, STEP_STOPPED or STEP_GONE. A pending trap
 * of an earlier step counts as an instruction. */
enum step_result step_over(struct task *t, int request, int sig, int *status);

#endif
