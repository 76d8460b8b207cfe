/* x86-64's general registers by name. Only for the folders of this machine, and for tests. */
#ifndef RR_ARCH_X86_64_REGS_H
#define RR_ARCH_X86_64_REGS_H

#include "arch/arch.h"

/* Indices into struct trace_regs: the order of struct user_regs_struct (sys/user.h). */
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

/* The enum arch_reg of a register's number in instructions. */
extern const uint8_t arch_reg_by_number[16];

/* Flags: Intel SDM vol. 1, 3.4.3. */
#define FLAG_CARRY 0x1u
#define FLAGS_ARITH 0x8d5u /* CF PF AF ZF SF OF */
#define FLAG_TRAP 0x100u
#define FLAG_RESUME 0x10000u

/* Kinds of nondeterministic instructions: `sysno` of EV_INSN, and of sites in code files. */
enum {
	NONDET_RDTSC,
	NONDET_RDTSCP,
	NONDET_CPUID,
	NONDET_RDRAND,
	NONDET_RDSEED,
	NONDET_RDPID,
	NONDET_XGETBV,
	NONDETS
};

/* What CPUID and XGETBV(0) say on a CPU with these features, where they say this here. */
void x86_64_features_cpuid(const struct arch_features *f, uint32_t leaf, uint32_t subleaf,
			   uint32_t r[4]);
uint64_t x86_64_features_xcr0(const struct arch_features *f, uint64_t xcr0);
/* Features that a CPU with these leaves has and this one lacks, as far as instructions of programs
 * need them: names, a space between; malloc'd, "" if there are none. */
char *x86_64_features_missing(const uint32_t (*leaves)[6], unsigned n,
			      const struct arch_features *pretend);
/* The CPUID leaf with its registers; NULL: not among them. */
const uint32_t *x86_64_leaf(const uint32_t (*leaves)[6], unsigned n, uint32_t leaf,
			    uint32_t subleaf);
/* NULL: a name for components that programs do not use by themselves. */
extern const char *const x86_64_xpart_names[ARCH_XPARTS];

/* Reads the time-stamp counter, and what the kernel keeps beside it, in a thread where
 * arch_clock_trap() has made that fault. */
uint64_t x86_64_read_tsc(uint32_t *aux);

#endif
