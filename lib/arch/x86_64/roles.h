/* x86-64: which registers have the roles of arch/regs.h, and the constants of arch/arch.h. */
#ifndef RR_ARCH_X86_64_ROLES_H
#define RR_ARCH_X86_64_ROLES_H

/* Indices into struct user_regs_struct (sys/user.h). */
#define ARCH_NREGS 27
#define ARCH_REG_RESULT 10 /* rax */
#define ARCH_REG_COUNT 11  /* rcx */
#define ARCH_REG_SYSNO 15  /* orig_rax */
#define ARCH_REG_PC 16     /* rip */
#define ARCH_REG_FLAGS 18  /* eflags */
#define ARCH_REG_SP 19     /* rsp */
#define ARCH_REG_THREAD 21 /* fs_base */

/* AUDIT_ARCH_X86_64 (linux/audit.h), EM_X86_64 (elf.h). */
#define ARCH_AUDIT 0xc000003eu
#define ARCH_ELF_MACHINE 62
/* R_X86_64_JUMP_SLOT (elf.h). */
#define ARCH_RELOC_JUMP_SLOT 7

/* Bytes of `syscall`; `int $0x80` and `sysenter` have as many. */
#define ARCH_SYSCALL_LEN 2

/* `int3` leaves the program counter after itself. */
#define ARCH_BREAKPOINT_LEN 1
#define ARCH_BREAKPOINT_PC_ADJUST 1

/* Bytes of `rdtsc`. */
#define ARCH_CLOCK_LEN 2

/* Bytes below the stack pointer that programs use: x86-64 psABI, 3.2.2. */
#define ARCH_RED_ZONE 128

/* The longest instruction: Intel SDM vol. 2, 2.3.11. */
#define ARCH_INSN_MAX 15

/* Watchpoints of the CPU, and the debug registers that ptrace(2) shows. */
#define ARCH_WATCHPOINTS 4
#define ARCH_DEBUG_REGS 8

/* What FXSAVE writes: Intel SDM vol. 1, 10.5.1. */
#define ARCH_FP_SIZE 512
/* The largest XSAVE area of any CPU of today. */
#define ARCH_XSTATE_MAX (16u << 10)

/* A call without arguments that waits until a signal is delivered: SYS_pause. */
#define ARCH_SYS_PAUSE 34

/* The number that a program has in its registers after it was executed, by whichever call:
 * set_personality_64bit() in arch/x86/kernel/process_64.c. */
#define ARCH_SYS_EXECUTED 59

/* What users call the machine. */
#define ARCH_NAME "x86-64"

/* Programs' addresses end here (Documentation/arch/x86/x86_64/mm.rst), but for a page of the
 * kernel's in which code emulates three old calls: its name in /proc/PID/maps. */
#define ARCH_USER_END 0x800000000000ul
#define ARCH_KERNEL_PAGE_NAME "[vsyscall]"

#endif
