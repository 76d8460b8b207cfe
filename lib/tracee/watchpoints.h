/* Watchpoints in debug registers, of one task. */
#ifndef RR_WATCHPOINTS_H
#define RR_WATCHPOINTS_H

#include "tracee/task.h"

/* Sets watchpoints by debug registers. -1: the kernel refuses one. */
TASK_CHECKED int task_set_watchpoints(struct task *t, const struct arch_watchpoints *w);
/* Whether debug registers work: under some hypervisors (PVM) they can be set without effect. The
 * first call creates a process to find out. */
bool task_watchpoints_work(void);
/* A bit for each watchpoint that has triggered since the last call. */
unsigned task_triggered_watchpoints(struct task *t);
/* Sets a hardware breakpoint: the task will stop (SIGTRAP, TRAP_HWBKPT) before the instruction at
 * pc. 0 removes it. -1: the kernel refuses the address. */
TASK_CHECKED int task_set_hw_breakpoint(struct task *t, uint64_t pc);
/* Whether that signal comes from a debug register, after the access to memory
 * (arch/x86/kernel/traps.c). */
bool task_is_watchpoint_trap(const siginfo_t *info);

#endif
