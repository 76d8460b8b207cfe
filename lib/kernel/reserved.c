/* Reserved ranges: addresses that belong to the tool in every recorded address space. Calls of the
 * program do not change what is mapped there, and get the result for an unmapped range. */
#include "tracee/reserved.h"

#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "util/size.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

bool kernel_is_reserved(uint64_t start, uint64_t len)
{
	return start < SCRATCH_END && (len > UINT64_MAX - start || start + len > AGENT_ADDR);
}

static bool ends_at_holes(long nr)
{
	return nr == SYS_mprotect || nr == SYS_pkey_mprotect;
}

bool kernel_around_reserved(long nr, uint64_t *start, uint64_t *len, uint64_t *rest)
{
	uint64_t from = *start, n = PAGE_UP(*len);

	*rest = 0;
	if (!n || from % PAGE || n < *len || n > UINT64_MAX - from || !kernel_is_reserved(from, n))
		return false;
	if (nr == SYS_munmap && from + n > TASK_END) /* then the kernel unmaps nothing */
		return false;
	uint64_t above = from + n > SCRATCH_END ? from + n - SCRATCH_END : 0;
	if (ends_at_holes(nr))
		above = 0;
	if (from < AGENT_ADDR) {
		*len = AGENT_ADDR - from;
		*rest = above;
	} else {
		*start = SCRATCH_END;
		*len = above;
	}
	return true;
}

void kernel_enter_range(struct call *c)
{
	uint64_t start = c->args[0], len = c->args[1];

	if (!kernel_around_reserved(c->nr, &start, &len, &c->note[0]))
		return;
	if (!len) {
		kernel_call_refuse(c, c->nr == SYS_munmap ? 0 : ENOMEM);
		return;
	}
	kernel_call_set_arg(c, 0, start);
	kernel_call_set_arg(c, 1, len);
}

/* Makes the call for the part above the reserved ranges. The program gets the result for a range
 * with a hole. */
void kernel_exit_range(struct call *c)
{
	if (c->note[0] && (c->result == 0 || c->result == -ENOMEM))
		TASK_CALL(c->t, c->nr, SCRATCH_END, c->note[0], arch_arg(&c->t->regs, 2));
	bool hole = c->nr == SYS_madvise ? c->note[0] : ends_at_holes(c->nr) && c->changed;
	if (hole && c->result == 0) {
		c->result = -ENOMEM;
		ARCH_RESULT(&c->t->regs) = (uint64_t)c->result;
	}
}

int64_t kernel_replay_range(struct task *t, long nr, const uint64_t a[6])
{
	uint64_t start = a[0], len = a[1], rest;
	bool around = kernel_around_reserved(nr, &start, &len, &rest);
	int64_t r = around && nr != SYS_munmap ? -ENOMEM : 0;

	if (len || !around)
		r = TASK_CALL_REPLAY(t, nr, start, len, a[2]);
	if (rest) {
		TASK_CALL_REPLAY(t, nr, SCRATCH_END, rest, a[2]);
		r = nr == SYS_madvise && r == 0 ? -ENOMEM : r;
	}
	return r;
}
