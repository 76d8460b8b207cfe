#include "replay/guard.h"

#include "arch/x86_64/regs.h"
#include "tracee/waitstatus.h"
#include "util/util.h"

#include <Zydis/Zydis.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static struct guard *find(struct mm *mm, uint64_t page)
{
	for (size_t i = 0; i < mm->nguards; i++)
		if (mm->guards[i].page == page)
			return &mm->guards[i];
	return NULL;
}

void guard_add(struct mm *mm, uint64_t addr, bool access)
{
	struct guard *g = find(mm, PAGE_DOWN(addr));

	if (!g) {
		mm->guards = xrealloc(mm->guards, (mm->nguards + 1) * sizeof(*mm->guards));
		g = &mm->guards[mm->nguards++];
		*g = (struct guard){.page = PAGE_DOWN(addr)};
	}
	g->access |= access;
}

/* The protection goes over what is mapped there; the task's registers are left to be restored. */
static int protect(struct ptask *pt, struct guard *g, bool closed)
{
	uint8_t prot = !closed ? g->prot : g->access ? PROT_NONE : g->prot & ~PROT_WRITE;

	/* the program may not do it anyway */
	if (g->closed == closed || (closed && prot == g->prot))
		return 0;
	g->closed = closed;
	return TASK_CALL_REPLAY(&pt->t, SYS_mprotect, g->page, PAGE, prot) ? -1 : 0;
}

int guards_close(struct debug *d, struct ptask *pt)
{
	struct mm *mm = pt->t.mm;
	struct maps_line l;
	struct maps_file *f = mm->nguards ? maps_open(pt->t.tid) : NULL;
	int r = 0;

	mm->guards_shared = false;
	while (f && !r && maps_next(f, &l))
		for (size_t i = 0; i < mm->nguards && !r; i++) {
			struct guard *g = &mm->guards[i];
			if (g->closed || g->page < l.start || g->page >= l.end)
				continue;
			g->prot = (uint8_t)l.prot;
			mm->guards_shared |= l.shared;
			r = protect(pt, g, true);
		}
	maps_close(f);
	if (r)
		debug_fail(d, "memory cannot be closed to the program for a watchpoint");
	return r | ptask_restore(pt);
}

static void open_all(struct ptask *pt)
{
	for (size_t i = 0; i < pt->t.mm->nguards; i++)
		protect(pt, &pt->t.mm->guards[i], false);
}

void guards_drop(struct ptask *pt)
{
	if (!pt->t.mm->nguards)
		return;
	open_all(pt);
	pt->t.mm->nguards = 0;
	ptask_restore(pt);
}

/* The closed page at which it has stopped; *addr becomes the address. */
static struct guard *struck(struct ptask *pt, int status, uint64_t *addr)
{
	siginfo_t si;

	if (!pt->t.mm->nguards || wait_signal(status) != SIGSEGV || task_siginfo(&pt->t, &si) ||
	    si.si_code != SEGV_ACCERR)
		return NULL;
	*addr = (uint64_t)si.si_addr;
	struct guard *g = find(pt->t.mm, PAGE_DOWN(*addr));
	return g && g->closed ? g : NULL;
}

bool guard_is_struck(struct ptask *pt, int status)
{
	uint64_t addr;

	return struck(pt, status, &addr);
}

static void touch(struct debug *d, uint64_t addr, uint64_t len)
{
	if (d->ntouched < ARRAY_LEN(d->touched))
		d->touched[d->ntouched++] = (struct touched){addr, len};
}

/* What the instruction reads and writes: the CPU says only where the first of it is that is closed.
 */
static void note_touched(struct debug *d, struct ptask *pt, uint64_t addr)
{
	ZydisDecoder decoder;
	ZydisDecodedInstruction i;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
	ZydisRegisterContext regs = {0};
	uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
	uint64_t pc = ARCH_PC(&pt->t.regs), at, most = 1;
	ssize_t n = task_read(&pt->t, pc, bytes, sizeof(bytes));

	if (n <= 0)
		return;
	task_hide_planted(&pt->t, pc, bytes, (size_t)n);
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, bytes, (ZyanUSize)n, &i, ops)) ||
	    addr - pc < i.length)
		return; /* in a closed page, but about others */
	for (int r = 0; r < 16; r++)
		regs.values[ZYDIS_REGISTER_RAX + r] = pt->t.regs.r[arch_reg_by_number[r]];
	for (unsigned k = 0; k < i.operand_count; k++) {
		if (ops[k].type != ZYDIS_OPERAND_TYPE_MEMORY ||
		    ops[k].mem.type == ZYDIS_MEMOP_TYPE_AGEN)
			continue;
		if (ops[k].size / 8 > most)
			most = ops[k].size / 8;
		bool stack = ops[k].mem.base == ZYDIS_REGISTER_RSP &&
			     ops[k].visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
		if (stack || ZYAN_FAILED(ZydisCalcAbsoluteAddressEx(&i, &ops[k], pc, &regs, &at)))
			continue; /* a push's is below the pointer; of a gather's there are many */
		if (ops[k].mem.segment == ZYDIS_REGISTER_FS)
			at += pt->t.regs.r[R_FS_BASE];
		else if (ops[k].mem.segment == ZYDIS_REGISTER_GS)
			at += pt->t.regs.r[R_GS_BASE];
		touch(d, at, ops[k].size / 8);
	}
	touch(d, addr, most);
}

enum step_result guard_pass(struct debug *d, struct ptask *pt, int *status,
			    enum step_result (*step)(struct debug *d, struct ptask *pt,
						     struct arch_nondet *c, int *status))
{
	struct arch_nondet c;
	enum step_result s = STEP_STOPPED;
	struct guard *g;
	uint64_t addr;

	while (s == STEP_STOPPED && (g = struck(pt, *status, &addr))) {
		if (g->access && !d->ntouched)
			note_touched(d, pt, addr);
		else if (!d->ntouched) /* that it does is all that matters */
			touch(d, addr, 1);
		if (protect(pt, g, false) || task_restore(&pt->t))
			return STEP_GONE;
		s = step(d, pt, &c, status);
	}
	if (s != STEP_DONE) {
		pt->t.mm->planted_as = 0;
		return s;
	}
	for (size_t i = 0; i < pt->t.mm->nguards; i++)
		if (protect(pt, &pt->t.mm->guards[i], true))
			return STEP_GONE;
	return task_restore(&pt->t) ? STEP_GONE : s;
}
