/* What registers, calls, signal frames and instructions look like, by their roles. What is one
 * machine's lies in the folder named after it; no other floor knows.
 *
 * Registers are those of struct trace_regs. Callbacks named `read` and `write` access a tracee's
 * memory and return 0 on success.
 */
#ifndef RR_ARCH_H
#define RR_ARCH_H

#include "arch/regs.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- general registers --- */

#define ARCH_PC(g) ((g)->r[ARCH_REG_PC])
#define ARCH_SP(g) ((g)->r[ARCH_REG_SP])
#define ARCH_FLAGS(g) ((g)->r[ARCH_REG_FLAGS])
#define ARCH_THREAD(g) ((g)->r[ARCH_REG_THREAD])
/* Of a system call: what it returned, and which one it is. */
#define ARCH_RESULT(g) ((g)->r[ARCH_REG_RESULT])
#define ARCH_SYSNO(g) ((g)->r[ARCH_REG_SYSNO])

/* Names of all of struct trace_regs, as rr-dump prints them. */
extern const char *const arch_reg_names[TRACE_NREGS];

/* Instructions: a system call, a breakpoint, and one that reads a clock and can fault. */
extern const uint8_t arch_syscall_insn[ARCH_SYSCALL_LEN];
extern const uint8_t arch_breakpoint[ARCH_BREAKPOINT_LEN];
extern const uint8_t arch_clock_insn[ARCH_CLOCK_LEN];

/* Arguments 0-5 of the call the registers enter. */
uint64_t arch_arg(const struct trace_regs *g, int i);
void arch_set_arg(struct trace_regs *g, int i, uint64_t v);

/* Prepares the registers for a system call that the tool injects: in the native mode of the CPU,
 * and without the single-step flag. */
void arch_call_mode(struct trace_regs *g);

/* Results that never reach the program, since the kernel restarts the call (linux/errno.h). */
#define ARCH_ERESTARTSYS 512
#define ARCH_ERESTARTNOINTR 513
#define ARCH_ERESTARTNOHAND 514
#define ARCH_ERESTART_RESTARTBLOCK 516
bool arch_is_restart(int64_t result);
/* Turns the registers at the exit of a call with such a result into those with which the program
 * makes the call once more, as the kernel does when no handler runs. */
void arch_restart(struct trace_regs *g);
/* Turns the registers at the entry of a call into those before its instruction. */
void arch_before_call(struct trace_regs *g);

/* At the entry of a call: whether it was made by the machine's usual instruction for calls, and not
 * by another way into the kernel. */
bool arch_is_syscall(const struct trace_regs *g);

/* --- old calls: the program calls a page of the kernel's, whose code the kernel emulates --- */

/* The number of the old call at pc, or -1. */
int arch_old_call(uint64_t pc);
/* The registers of a task that a seccomp filter has stopped in such a call become those after it;
 * the result is set already. back: where it returns to. */
void arch_old_call_return(struct trace_regs *g, uint64_t back);
/* The inverse: from what a task has whose call at `at` a filter has trapped, to the entry. */
void arch_old_call_trapped(struct trace_regs *g, uint64_t at);
/* The same of a task that has raised SIGSEGV there, on a machine without that page. */
void arch_old_call_faulted(struct trace_regs *g);

/* How a seccomp filter sees the call: its AUDIT_ARCH_ (linux/audit.h) and arguments. */
uint32_t arch_call_audit(const struct trace_regs *g);
void arch_call_args(const struct trace_regs *g, uint64_t args[6]);

/* The flags of clone(2) that a call which makes a task amounts to; 0: it makes none, or takes them
 * from memory. */
uint64_t arch_clone_flags(uint64_t sysno, uint64_t first_arg);

/* The end of the signal frame that the kernel has just pushed at the stack pointer of g: an
 * address, or 0 if the frame makes no sense. */
uint64_t arch_sigframe_end(const struct trace_regs *g,
			   int (*read)(void *, uint64_t, void *, size_t), void *ctx);

/* The ranges of memory that the call which ends a signal handler reads, at its entry. Returns how
 * many there are. */
struct arch_range {
	uint64_t addr, len;
};
#define ARCH_SIGRETURN_RANGES 2
size_t arch_sigreturn_reads(const struct trace_regs *g,
			    int (*read)(void *, uint64_t, void *, size_t), void *ctx,
			    struct arch_range v[ARCH_SIGRETURN_RANGES]);

/* Clears the single-step flag in that frame, where stepping into the handler may have left it,
 * unless it was the program's own. before: the registers that the frame saves. */
void arch_sigframe_unstep(const struct trace_regs *g, const struct trace_regs *before,
			  int (*read)(void *, uint64_t, void *, size_t),
			  int (*write)(void *, uint64_t, const void *, size_t), void *ctx);

/* --- nondeterministic instructions: their results depend on the machine or the moment --- */

struct arch_nondet {
	unsigned kind; /* the machine's own number, in traces `sysno` of EV_INSN */
	unsigned len;  /* bytes of the instruction */
	unsigned reg;  /* number of the register it sets, where the kind leaves that open */
	unsigned size; /* and bytes of it */
};
/* As rr-dump prints the kind; NULL: there is no such kind. */
const char *arch_nondet_name(unsigned kind);
/* Whether the kind reads a clock, and thus can be made to fault. */
bool arch_nondet_is_clock(unsigned kind);
/* Whether `bytes` begin with an instruction that reads a clock, and which. */
bool arch_nondet_at(const uint8_t *bytes, size_t n, struct arch_nondet *c);

/* --- machines: a trace records the CPU's description, and replays where that suffices --- */

/* A CPU with fewer features than this one has; zeroed: this one. */
struct arch_features {
	uint64_t off[2]; /* a bit for each feature that it lacks */
	int level;       /* the machine's own name for a set of features; 0: any */
};
/* Applies a list: names of levels, and names of single features as in /proc/cpuinfo with `-` before
 * them. False: something in it is not known. */
bool arch_features_take(struct arch_features *f, const char *list);

/* Executes the instruction in the program's stead, as a CPU with these features does, and moves the
 * program counter past it. Returns its first result. */
uint64_t arch_nondet_emulate(struct trace_regs *g, const struct arch_nondet *c,
			     const struct arch_features *f);
/* From now on instructions that read a clock fault in this thread and in what it forks and
 * executes, as they must in tracees. The tracer does the same for itself: a different mode of
 * tracer and tracee makes every switch between them write a control register (6 µs in a VM, more
 * than the stop itself). So the tracer reads clocks by real calls (util/clock.h), never through the
 * vdso. 0, or -1 and errno. */
int arch_clock_trap(void);
/* Whether they do fault. Under some hypervisors arch_clock_trap() has no effect: then only
 * rewritten or stepped code shows these instructions. */
bool arch_clock_faults(void);
/* Makes the registers what they are at a fault. */
void arch_mark_faulted(struct trace_regs *g);

/* The description of such a CPU, in records of six words; returns how many were stored. */
unsigned arch_machine_records(const struct arch_features *f, uint32_t (*records)[6], unsigned max);
/* Why a trace with these records cannot be replayed on this CPU (but for `pretend`): malloc'd,
 * begins with "was recorded"; NULL: it can. */
char *arch_machine_misfit(const uint32_t (*records)[6], unsigned n,
			  const struct arch_features *pretend);

/* Where the components of the extended state are: CPUs differ in that. */
#define ARCH_XPARTS 20
struct arch_xlayout {
	uint32_t at[ARCH_XPARTS], len[ARCH_XPARTS]; /* len 0: there is none */
};
void arch_xlayout_of(struct arch_xlayout *l, const uint32_t (*records)[6], unsigned n);
void arch_xlayout_here(struct arch_xlayout *l);
/* Copies the contents of a task's extended state into one of another layout, which is from this
 * machine. False: a component that is in use has no place there. */
bool arch_xstate_convert(const struct arch_xlayout *from, const uint8_t *in, size_t n,
			 const struct arch_xlayout *to, uint8_t *out, size_t n_out);

/* The first register in which a and b differ, but for bits without meaning to the program; -1 if
 * there is none. at_call: the call's number counts, which otherwise is the kernel's own note. */
int arch_regs_differ(const struct trace_regs *a, const struct trace_regs *b, bool at_call);

#endif
