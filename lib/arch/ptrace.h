/* What ptrace(2) gives and takes in a layout of the machine's own: registers of stopped tasks,
 * watchpoints of the CPU, and what a program that traces another sees of them.
 *
 * Functions that return int give 0, or -1 with ptrace's errno.
 */
#ifndef RR_ARCH_PTRACE_H
#define RR_ARCH_PTRACE_H

#include "arch/arch.h"

#include <sys/types.h>

int arch_get_regs(pid_t tid, struct trace_regs *g);
int arch_set_regs(pid_t tid, const struct trace_regs *g);
/* The result of a call alone: cheaper than all registers. */
int arch_get_result(pid_t tid, uint64_t *result);
int arch_set_result(pid_t tid, uint64_t result);
/* The extended state: bytes, or -1. */
ssize_t arch_get_xstate(pid_t tid, void *buf, size_t max);
int arch_set_xstate(pid_t tid, const void *buf, size_t n);

/* --- watchpoints of the CPU --- */

enum arch_watchpoint_kind { ARCH_WATCH_EXEC, ARCH_WATCH_WRITE, ARCH_WATCH_ACCESS };
struct arch_watchpoints {
	struct {
		uint64_t addr; /* a multiple of len */
		unsigned len;  /* bytes: 1, 2, 4, 8; 0: none */
		enum arch_watchpoint_kind kind;
	} v[ARCH_WATCHPOINTS];
};
/* The watchpoints that debug registers ask for, in the trace's form (DATA_DEBUG). -1: the kernel
 * would refuse them. */
int arch_watchpoints_decode(const uint64_t debug[TRACE_DEBUG_REGS], struct arch_watchpoints *w);
/* -1: the kernel refuses one. */
int arch_set_watchpoints(pid_t tid, const struct arch_watchpoints *w);
/* A bit for each watchpoint that has triggered since the last call. */
unsigned arch_triggered_watches(pid_t tid);

/* --- what a program that traces another sees: the recorder emulates it --- */

/* Sets of registers, by the numbers of PTRACE_GETREGSET. */
enum arch_regset {
	ARCH_REGSET_NONE,     /* unknown */
	ARCH_REGSET_GENERAL,  /* struct trace_regs */
	ARCH_REGSET_FP,       /* the first ARCH_FP_SIZE bytes of the extended state */
	ARCH_REGSET_EXTENDED, /* all of it */
};
enum arch_regset arch_regset(uint64_t note);
/* Notes in a copy of the extended state that the registers of ARCH_REGSET_FP are in use. */
void arch_xstate_use_fp(uint8_t *area);

/* What the task's registers become when a tracer sets them: the kernel keeps some as they are. */
void arch_regs_from_tracer(struct trace_regs *g, const struct trace_regs *wanted);

/* What PTRACE_PEEKUSER finds at an offset: the index of a general register, or of a debug register;
 * -1: neither. */
int arch_user_reg(uint64_t offset);
int arch_user_debug(uint64_t offset);

/* Debug registers as a tracer sees them; the status holds a 1 for what has happened. */
bool arch_debug_settable(unsigned reg);
bool arch_debug_is_status(unsigned reg);
/* Between that status and what the register really holds; its own inverse. */
uint64_t arch_debug_status(uint64_t status);
/* The status of a task whose watchpoints (a bit each) have triggered, or that was stepped. */
void arch_debug_report(uint64_t debug[ARCH_DEBUG_REGS], unsigned triggered, bool stepped);
/* Whether writing this value to the register turns a watchpoint on. */
bool arch_debug_enables(unsigned reg, uint64_t value);
/* What the trace keeps of them. */
void arch_debug_pack(const uint64_t debug[ARCH_DEBUG_REGS], uint64_t packed[TRACE_DEBUG_REGS]);

#endif
