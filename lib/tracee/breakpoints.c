/* Breakpoint instructions in a tracee's memory. */
#include "tracee/task.h"
#include "util/array.h"

#include <stdlib.h>
#include <string.h>

/* The index of the first breakpoint at or after addr. */
static size_t find(const struct mm *mm, uint64_t addr)
{
	return ARRAY_SEARCH(i, mm->nplanted, mm->planted[i].addr >= addr);
}

struct planted *task_planted(const struct task *t, uint64_t addr)
{
	size_t i = find(t->mm, addr);

	return i < t->mm->nplanted && t->mm->planted[i].addr == addr ? &t->mm->planted[i] : NULL;
}

int task_plant(struct task *t, uint64_t addr)
{
	struct mm *mm = t->mm;
	size_t i = find(mm, addr);
	uint8_t was;

	if (i < mm->nplanted && mm->planted[i].addr == addr)
		return 0;
	if (task_read_all(t, addr, &was, 1) ||
	    task_write(t, addr, arch_breakpoint, ARCH_BREAKPOINT_LEN))
		return -1;
	*ARRAY_INSERT(mm->planted, mm->nplanted, i) = (struct planted){.addr = addr, .was = was};
	return 0;
}

void task_unplant(struct task *t, uint64_t addr)
{
	struct mm *mm = t->mm;
	size_t i = find(mm, addr);

	if (i == mm->nplanted || mm->planted[i].addr != addr)
		return;
	/* It fails, too, if the program has unmapped the page. */
	task_gone_ok(task_write(t, addr, &mm->planted[i].was, 1));
	ARRAY_REMOVE(mm->planted, mm->nplanted, i);
}

void task_unplant_all(struct task *t)
{
	for (size_t i = 0; i < t->mm->nplanted; i++)
		task_gone_ok(task_write(t, t->mm->planted[i].addr, &t->mm->planted[i].was, 1));
	t->mm->nplanted = 0;
}

void task_hide_planted(const struct task *t, uint64_t addr, uint8_t *buf, size_t n)
{
	const struct mm *mm = t->mm;

	for (size_t i = find(mm, addr); i < mm->nplanted && mm->planted[i].addr - addr < n; i++)
		buf[mm->planted[i].addr - addr] = mm->planted[i].was;
}

int task_write_own(struct task *t, uint64_t addr, const uint8_t *buf, size_t n)
{
	struct mm *mm = t->mm;

	if (task_write(t, addr, buf, n))
		return -1;
	for (size_t i = find(mm, addr); i < mm->nplanted && mm->planted[i].addr - addr < n; i++) {
		mm->planted[i] = (struct planted){.addr = mm->planted[i].addr,
						  .was = buf[mm->planted[i].addr - addr]};
		task_gone_ok(
			task_write(t, mm->planted[i].addr, arch_breakpoint, ARCH_BREAKPOINT_LEN));
	}
	return 0;
}
