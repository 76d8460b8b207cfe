/* The reserved range of every tracee: addresses that belong to the tool. */
#ifndef RR_RESERVED_H
#define RR_RESERVED_H

#include "arch/arch.h"

/* The agent: two pages at a fixed address in every tracee, in recording and replay. The first has a
 * call instruction, a breakpoint and (AGENT_CLOCK) a clock instruction; the tool writes to the
 * second. The program uses neither. Every sanitizer takes this address for one of the program's own
 * mappings (tsan_platform.h, msan.h, asan_mapping.h), and the kernel maps above it. */
#define AGENT_ADDR 0x7e9000000000ul
#define AGENT_DATA (AGENT_ADDR + 0x1000)
#define AGENT_END (AGENT_ADDR + 0x2000)
#define AGENT_CALL_END (AGENT_ADDR + ARCH_SYSCALL_LEN)
/* Recording only: a time-stamp instruction, executed for programs that have asked for such
 * instructions to fault. */
#define AGENT_CLOCK (AGENT_CALL_END + ARCH_BREAKPOINT_LEN)
/* Recording only: scratch memory for each thread, for outputs of calls that block
 * (kernel/scratch.c). */
#define SCRATCH_ADDR (AGENT_ADDR + 0x100000)
#define SCRATCH_SIZE 0x20000ul
#define SCRATCH_SLOTS 1024
#define SCRATCH_END (SCRATCH_ADDR + SCRATCH_SLOTS * SCRATCH_SIZE)

/* The end of the address space. With page tables of five levels, mmap(2) maps beyond it where it is
 * asked to. */
#define TASK_END 0x7ffffffff000ul

#endif
