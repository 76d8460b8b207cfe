#include "replay/displace.h"

#include "arch/insn.h"
#include "counter/page.h"
#include "kernel/space.h"
#include "tracee/address_space.h"
#include "tracee/breakpoints.h"
#include "tracee/reserved.h"

/* A slot for each, after the agent's own code. */
#define SLOTS_ADDR (AGENT_ADDR + 0x100)
#define SLOT_SIZE ((uint64_t)ARCH_DISPLACED_MAX)
#define SLOTS ((AGENT_DATA - SLOTS_ADDR) / SLOT_SIZE)
#define NO_SLOT UINT16_MAX

static uint64_t slot_addr(uint16_t slot)
{
	return SLOTS_ADDR + (slot - 1u) * SLOT_SIZE;
}

static uint16_t slot_fill(struct task *t, struct breakpoint *p, uint16_t slot)
{
	uint8_t bytes[ARCH_INSN_MAX];
	uint64_t save = kernel_mm_counted(t->mm) ? COUNTER_SAVED_AT(0) : 0;
	struct arch_displaced copy;
	ssize_t n = slot > SLOTS ? 0 : task_read(t, p->addr, bytes, sizeof(bytes));

	if (n <= 0)
		return NO_SLOT;
	task_hide_breakpoints(t, p->addr, bytes, (size_t)n);
	if (!arch_displace(bytes, (size_t)n, p->addr, save, &copy))
		return NO_SLOT;
	p->len = copy.len;
	p->reg = copy.borrowed;
	return task_write(t, slot_addr(slot), copy.code, sizeof(copy.code)) ? NO_SLOT : slot;
}

static uint16_t free_slot(const struct task *t)
{
	uint16_t slot = 1;

	for (size_t i = 0; i < t->mm->nbreakpoints; i++)
		if (t->mm->breakpoints[i].slot != NO_SLOT && t->mm->breakpoints[i].slot >= slot)
			slot = (uint16_t)(t->mm->breakpoints[i].slot + 1);
	return slot;
}

uint64_t debugger_displace(struct task *t, uint64_t addr)
{
	struct breakpoint *p = task_find_breakpoint(t, addr);

	if (!p)
		return 0;
	if (!p->slot)
		p->slot = slot_fill(t, p, free_slot(t));
	return p->slot == NO_SLOT ? 0 : slot_addr(p->slot);
}

bool debugger_displace_undo(const struct task *t, struct trace_regs *g, uint64_t saved)
{
	if (ARCH_PC(g) < SLOTS_ADDR || ARCH_PC(g) >= AGENT_DATA)
		return false;
	for (size_t i = 0; i < t->mm->nbreakpoints; i++) {
		const struct breakpoint *p = &t->mm->breakpoints[i];
		uint64_t at = p->slot && p->slot != NO_SLOT ? slot_addr(p->slot) : 0;
		if (at && ARCH_PC(g) >= at && ARCH_PC(g) < at + SLOT_SIZE) {
			arch_undisplace(g, p->addr, at, p->len, p->reg, saved);
			return true;
		}
	}
	return false;
}
