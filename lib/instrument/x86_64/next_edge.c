/* Stopping a task at its next counted edge, wherever in counted code it has been stopped. */
#include "arch/x86_64/regs.h"
#include "instrument/image.h"

#include <string.h>

/* lea -256(%rcx),%rcx and mov %rcx,COUNTER_LEFT: after the trampoline has loaded the countdown and
 * before it has stored it. */
static const uint8_t count_down[] = {0x48, 0x8d, 0x89, 0x00, 0xff, 0xff, 0xff};
static const uint8_t store[] = {0x48,
				0x89,
				0x0c,
				0x25,
				COUNTER_LEFT & 0xff,
				COUNTER_LEFT >> 8 & 0xff,
				COUNTER_LEFT >> 16 & 0xff,
				COUNTER_LEFT >> 24 & 0xff};

/* In the middle of counting an edge, the rest of that is done here: what the code would store is
 * lost otherwise. code: the bytes at the program counter. */
static bool finish_counting(struct soft_task *count, struct trace_regs *g, const uint8_t code[16])
{
	const uint8_t *p = code;

	if (!memcmp(p, count_down, sizeof(count_down)) &&
	    !memcmp(p + sizeof(count_down), store, sizeof(store))) {
		g->r[R_RCX] -= COUNTER_TICK;
		p += sizeof(count_down);
	}
	if (memcmp(p, store, sizeof(store)))
		return false;
	count->page.left = g->r[R_RCX];
	count->ticks += count->armed - count->page.left / COUNTER_TICK;
	count->armed = count->page.left / COUNTER_TICK;
	ARCH_PC(g) += (uint64_t)(p - code) + sizeof(store);
	return true;
}

void code_arm_next(struct task *t, struct soft_task *count)
{
	uint8_t code[16] = {0};

	if (code_in_tramp(code_of(t->mm), ARCH_PC(&t->regs)))
		task_read(t, ARCH_PC(&t->regs), code, sizeof(code));
	bool moved = finish_counting(count, &t->regs, code);
	if (count->page.left) /* otherwise it is on its way to the stop */
		soft_arm(count, 1);
	if (moved)
		task_gone_ok(task_set_regs(t));
}
