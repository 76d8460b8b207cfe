/* Addresses that are rr's own in every address space it records: calls that name them leave what is
 * there alone, and the program finds nothing there. Recording, and the one rule that the replay
 * shares. */
#include "kernel/kernel.h"
#include "util/util.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define TASK_END 0x7ffffffff000ul

bool kernel_owns(uint64_t start, uint64_t len)
{
	return start < SCRATCH_END && (len > UINT64_MAX - start || start + len > AGENT_ADDR);
}

bool kernel_around_own(long nr, uint64_t *start, uint64_t *len, uint64_t *rest)
{
	uint64_t from = *start, n = PAGE_UP(*len);

	*rest = 0;
	if (!n || from % PAGE || n < *len || n > UINT64_MAX - from || !kernel_owns(from, n))
		return false;
	if (nr == SYS_munmap && from + n > TASK_END) /* the kernel unmaps nothing then */
		return false;
	uint64_t above = from + n > SCRATCH_END ? from + n - SCRATCH_END : 0;
	if (from < AGENT_ADDR) {
		*len = AGENT_ADDR - from;
		/* they end at the first hole */
		*rest = nr == SYS_mprotect || nr == SYS_pkey_mprotect ? 0 : above;
	} else {
		*start = SCRATCH_END;
		*len = above;
	}
	return true;
}

void enter_range(struct call *c)
{
	uint64_t start = c->args[0], len = c->args[1];

	if (!kernel_around_own(c->nr, &start, &len, &c->note[0]))
		return;
	if (!len) {
		call_refuse(c, c->nr == SYS_munmap ? 0 : ENOMEM);
		return;
	}
	call_change(c, 0, start);
	call_change(c, 1, len);
}

/* The part above what is ours; the program is told what it would be told of a range with a hole in
 * it. */
void exit_range(struct call *c)
{
	if (c->note[0] && (c->result == 0 || c->result == -ENOMEM))
		TASK_CALL(c->t, c->nr, SCRATCH_END, c->note[0], arch_arg(&c->t->regs, 2));
	if (c->note[0] && c->nr == SYS_madvise && c->result == 0) {
		c->result = -ENOMEM;
		ARCH_RESULT(&c->t->regs) = (uint64_t)c->result;
	}
}

/* A place the program wants for a mapping. */
void own_refuse(struct call *c)
{
	const uint64_t *a = c->args;

	switch (c->nr) {
	case SYS_mmap:
		if (!kernel_owns(a[0], PAGE_UP(a[1])) || !a[1])
			return;
		if (a[3] & MAP_FIXED_NOREPLACE)
			call_refuse(c, EEXIST);
		else if (a[3] & MAP_FIXED)
			call_refuse(c, ENOMEM);
		else
			call_change(c, 0, 0);
		return;
	case SYS_mremap:
		if (kernel_owns(a[0], PAGE_UP(a[1])))
			call_refuse(c, EFAULT);
		else if ((a[3] & MREMAP_FIXED) && kernel_owns(a[4], PAGE_UP(a[2])))
			call_refuse(c, ENOMEM);
		return;
	case SYS_shmat:
		if (kernel_owns(a[1], 1))
			call_refuse(c, EINVAL);
		return;
	default: return;
	}
}
