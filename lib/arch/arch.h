/* x86-64: what registers, signal frames and instructions look like. No other floor knows. */
#ifndef RR_ARCH_H
#define RR_ARCH_H

#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Indices into struct trace_regs, the order of struct user_regs_struct (sys/user.h). */
enum arch_reg {
	R_R15,
	R_R14,
	R_R13,
	R_R12,
	R_RBP,
	R_RBX,
	R_R11,
	R_R10,
	R_R9,
	R_R8,
	R_RAX,
	R_RCX,
	R_RDX,
	R_RSI,
	R_RDI,
	R_ORIG_RAX,
	R_RIP,
	R_CS,
	R_EFLAGS,
	R_RSP,
	R_SS,
	R_FS_BASE,
	R_GS_BASE,
	R_DS,
	R_ES,
	R_FS,
	R_GS
};

#define ARCH_PC(g) ((g)->r[R_RIP])
#define ARCH_SP(g) ((g)->r[R_RSP])
#define ARCH_RESULT(g) ((g)->r[R_RAX])
#define ARCH_SYSNO(g) ((g)->r[R_ORIG_RAX])

/* What seccomp calls this architecture's own calls: AUDIT_ARCH_X86_64, linux/audit.h. */
#define ARCH_AUDIT 0xc000003eu

/* Bytes of `syscall` and of `int $0x80`. */
#define ARCH_SYSCALL_LEN 2

/* The largest XSAVE area any CPU of today makes. */
#define ARCH_XSTATE_MAX (16u << 10)

/* Arguments 0-5 of the call the registers enter. */
uint64_t arch_arg(const struct trace_regs *g, int i);
void arch_set_arg(struct trace_regs *g, int i, uint64_t v);

/* Makes the registers fit for a call of rr's own: 64-bit code, which else begins at another
 * address, and no stepping. */
void arch_call_mode(struct trace_regs *g);

/* Kernel results that never reach the program: the call will be made again (linux/errno.h). */
#define ARCH_ERESTARTSYS 512
#define ARCH_ERESTARTNOINTR 513
#define ARCH_ERESTARTNOHAND 514
#define ARCH_ERESTART_RESTARTBLOCK 516
bool arch_is_restart(int64_t result);
/* Turns the registers of a call's exit with such a result into those with which the program makes
 * it again, as arch_do_signal_or_restart() in arch/x86/kernel/signal.c does when no handler runs.
 */
void arch_restart(struct trace_regs *g);

/* At a call's entry: whether it was made by SYSCALL, which leaves the address behind it in RCX
 * (Intel SDM vol. 2), and not by another way into the kernel. */
bool arch_is_syscall(const struct trace_regs *g);

/* The end of the signal frame the kernel has just pushed at the stack pointer of g. `read` reads
 * tracee memory: 0 if well. Returns 0 if the frame makes no sense. Source: struct rt_sigframe,
 * arch/x86/include/asm/sigframe.h; the extended area's size is in fpstate's sw_reserved bytes
 * (struct _fpx_sw_bytes, asm/sigcontext.h). */
uint64_t arch_sigframe_end(const struct trace_regs *g,
			   int (*read)(void *, uint64_t, void *, size_t), void *ctx);

/* Stepping into a handler leaves the trap flag in the frame when the next instruction was one that
 * loads the flags: the kernel takes it for the program's own (is_setting_trap_flag() in
 * arch/x86/kernel/step.c). Takes it out again. before: the registers that the frame holds. */
void arch_sigframe_unstep(const struct trace_regs *g, const struct trace_regs *before,
			  int (*read)(void *, uint64_t, void *, size_t),
			  int (*write)(void *, uint64_t, const void *, size_t), void *ctx);

/* An instruction with a result that is not the program's own. */
struct arch_chance {
	enum chance insn;
	unsigned len; /* bytes of it */
	/* rdrand, rdseed, rdpid: number of the register they set (0 rax, 1 rcx, 2 rdx, 3 rbx …) */
	unsigned reg;
	unsigned size; /* and bytes of it */
};
/* Whether a time-stamp instruction is there, and which. */
bool arch_chance_at(const uint8_t *bytes, size_t n, struct arch_chance *c);
/* A processor with fewer features than this one has; zeroed: this one. */
struct arch_features {
	uint64_t off[2]; /* a bit for each that is not to be there */
	int level;       /* of the x86-64 psABI; 0: not limited so */
};
/* Takes what a list says: x86-64-v1 to -v4, and names of single features as in /proc/cpuinfo with
 * `-` before them. False: something in it is not known. */
bool arch_features_take(struct arch_features *f, const char *list);
/* What CPUID and XGETBV(0) say on such a processor, where they say this here. */
void arch_features_cpuid(const struct arch_features *f, uint32_t leaf, uint32_t subleaf,
			 uint32_t r[4]);
uint64_t arch_features_xcr0(const struct arch_features *f, uint64_t xcr0);

/* Features that a processor with these leaves has and this one (but for `pretend`) has not, as far
 * as instructions of programs need them: names, a space between; malloc'd, "" if there are none. */
char *arch_features_missing(const uint32_t (*leaves)[6], unsigned n,
			    const struct arch_features *pretend);

/* Does on this CPU what the instruction does on such a one, and steps over it. Returns what it
 * gave: its first result. */
uint64_t arch_chance_do(struct trace_regs *g, const struct arch_chance *c,
			const struct arch_features *f);
/* The enum arch_reg of a register's number in instructions. */
extern const uint8_t arch_reg_by_number[16];
/* From now on time-stamp instructions fault in this thread and in what it forks and execs, as they
 * must in tracees. The thread that traces them has to be the same way: switching CR4.TSD between
 * the two at every stop costs 6 µs each time in a VM, more than the stop itself. It reads clocks by
 * real calls from then on (now_ns), never the vdso. */
int arch_trap_tsc(void);
/* Whether they do. Under some hypervisors (PVM, which runs guests without the CPU's help) CR4.TSD
 * has no effect: then only rewritten or stepped code shows what they give. */
bool arch_tsc_faults(void);
/* Makes the registers what they are at a fault: with the resume flag (Intel SDM vol. 3, 17.3.1.1).
 */
void arch_as_faulted(struct trace_regs *g);
/* Reads both, in a thread where they fault. */
uint64_t arch_read_tsc(uint32_t *aux);

/* CPUID leaves of such a CPU, six words each; returns how many were stored. */
unsigned arch_cpuid_leaves(const struct arch_features *f, uint32_t (*leaves)[6], unsigned max);

/* The leaf with its registers, of those that arch_cpuid_leaves() stored; NULL: not among them. */
const uint32_t *arch_leaf(const uint32_t (*leaves)[6], unsigned n, uint32_t leaf, uint32_t subleaf);

/* Components of the extended state, and where they are in an area that XSAVE or the kernel writes:
 * Intel SDM vol. 1, 13.4; CPUID leaf 0xd. Processors differ in that. */
#define ARCH_XPARTS 20
struct arch_xlayout {
	uint32_t at[ARCH_XPARTS], len[ARCH_XPARTS]; /* len 0: there is none */
};
void arch_xlayout_of(struct arch_xlayout *l, const uint32_t (*leaves)[6], unsigned n);
void arch_xlayout_here(struct arch_xlayout *l);
/* NULL: a name for those that programs do not use by themselves. */
extern const char *const arch_xpart_names[ARCH_XPARTS];
/* The contents of an area of the kernel's (NT_X86_XSTATE) into one of another layout, which is from
 * this machine. False: something that is in use has no place there. */
bool arch_xstate_convert(const struct arch_xlayout *from, const uint8_t *in, size_t n,
			 const struct arch_xlayout *to, uint8_t *out, size_t n_out);

/* First register in which a and b differ, with bits of no meaning to the program left out; -1 if
 * none. at_call: orig_rax counts. */
int arch_regs_differ(const struct trace_regs *a, const struct trace_regs *b, bool at_call);

#endif
