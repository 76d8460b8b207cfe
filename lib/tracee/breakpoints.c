/* Breakpoint instructions in a tracee's memory. */
#include "tracee/breakpoints.h"

#include "tracee/address_space.h"
#include "util/array.h"

#include <stdlib.h>
#include <string.h>

/* The index of the first breakpoint at or after addr. */
static size_t find(const struct mm *mm, uint64_t addr)
{
	return ARRAY_SEARCH(i, mm->nbreakpoints, mm->breakpoints[i].addr >= addr);
}

struct breakpoint *task_find_breakpoint(const struct task *t, uint64_t addr)
{
	size_t i = find(t->mm, addr);

	return i < t->mm->nbreakpoints && t->mm->breakpoints[i].addr == addr
		       ? &t->mm->breakpoints[i]
		       : NULL;
}

int task_insert_breakpoint(struct task *t, uint64_t addr)
{
	struct mm *mm = t->mm;
	size_t i = find(mm, addr);
	uint8_t was;

	if (i < mm->nbreakpoints && mm->breakpoints[i].addr == addr)
		return 0;
	if (task_read_all(t, addr, &was, 1) ||
	    task_write(t, addr, arch_breakpoint, ARCH_BREAKPOINT_LEN))
		return -1;
	*ARRAY_INSERT(mm->breakpoints, mm->nbreakpoints, i) =
		(struct breakpoint){.addr = addr, .was = was};
	return 0;
}

void task_remove_breakpoint(struct task *t, uint64_t addr)
{
	struct mm *mm = t->mm;
	size_t i = find(mm, addr);

	if (i == mm->nbreakpoints || mm->breakpoints[i].addr != addr)
		return;
	/* It fails, too, if the program has unmapped the page. */
	task_gone_ok(task_write(t, addr, &mm->breakpoints[i].was, 1));
	ARRAY_REMOVE(mm->breakpoints, mm->nbreakpoints, i);
}

void task_remove_breakpoints(struct task *t)
{
	for (size_t i = 0; i < t->mm->nbreakpoints; i++)
		task_gone_ok(
			task_write(t, t->mm->breakpoints[i].addr, &t->mm->breakpoints[i].was, 1));
	t->mm->nbreakpoints = 0;
}

void task_hide_breakpoints(const struct task *t, uint64_t addr, uint8_t *buf, size_t n)
{
	const struct mm *mm = t->mm;

	for (size_t i = find(mm, addr); i < mm->nbreakpoints && mm->breakpoints[i].addr - addr < n;
	     i++)
		buf[mm->breakpoints[i].addr - addr] = mm->breakpoints[i].was;
}

int task_write_program(struct task *t, uint64_t addr, const uint8_t *buf, size_t n)
{
	struct mm *mm = t->mm;

	if (task_write(t, addr, buf, n))
		return -1;
	for (size_t i = find(mm, addr); i < mm->nbreakpoints && mm->breakpoints[i].addr - addr < n;
	     i++) {
		mm->breakpoints[i] =
			(struct breakpoint){.addr = mm->breakpoints[i].addr,
					    .was = buf[mm->breakpoints[i].addr - addr]};
		task_gone_ok(task_write(t, mm->breakpoints[i].addr, arch_breakpoint,
					ARCH_BREAKPOINT_LEN));
	}
	return 0;
}

bool task_is_breakpoint_trap(const siginfo_t *info)
{
	return info->si_signo == SIGTRAP && info->si_code == SI_KERNEL;
}
