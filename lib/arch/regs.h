/* The general registers of a task, in the order in which ptrace(2) gives them, and the roles that
 * some of them have. Constants only: every floor may include this.
 *
 * A machine defines ARCH_NREGS and, as indices: ARCH_REG_PC, ARCH_REG_SP, ARCH_REG_RESULT (of a
 * system call), ARCH_REG_SYSNO (the number of the call being made), ARCH_REG_FLAGS, ARCH_REG_THREAD
 * (thread pointer).
 */
#ifndef RR_ARCH_REGS_H
#define RR_ARCH_REGS_H

#if defined(__x86_64__)
#include "arch/x86_64/roles.h"
#else
#error "no lib/arch folder for this machine"
#endif

#endif
