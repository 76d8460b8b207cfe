#include "replay/page_watch.h"

#include "arch/insn.h"
#include "tracee/address_space.h"
#include "tracee/breakpoints.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "tracee/waitstatus.h"
#include "util/array.h"
#include "util/size.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static void watches_copied(void *part)
{
	struct page_watches *w = part;

	w->guards = ARRAY_COPY(w->guards, w->nguards);
}

static void watches_clear(void *part)
{
	free(((struct page_watches *)part)->guards);
}

struct page_watches *page_watches(const struct mm *mm)
{
	static const struct mm_part_kind kind = {sizeof(struct page_watches), watches_copied,
						 watches_clear};

	return mm_part(mm, &kind);
}

static struct guard *find(struct mm *mm, uint64_t page)
{
	for (size_t i = 0; i < page_watches(mm)->nguards; i++)
		if (page_watches(mm)->guards[i].page == page)
			return &page_watches(mm)->guards[i];
	return NULL;
}

void debugger_page_watch_add(struct mm *mm, uint64_t addr, bool access)
{
	struct guard *g = find(mm, PAGE_DOWN(addr));

	if (!g) {
		g = ARRAY_ADD(page_watches(mm)->guards, page_watches(mm)->nguards);
		*g = (struct guard){.page = PAGE_DOWN(addr)};
	}
	g->access |= access;
}

/* Sets the page's protection. The caller restores the task's registers. */
static int protect(struct ptask *pt, struct guard *g, bool closed)
{
	uint8_t prot = !closed ? g->prot : g->access ? PROT_NONE : g->prot & ~PROT_WRITE;

	/* the program's own protection is as strict */
	if (g->closed == closed || (closed && prot == g->prot))
		return 0;
	g->closed = closed;
	return TASK_CALL_REPLAY(&pt->t, SYS_mprotect, g->page, PAGE, prot) ? -1 : 0;
}

int debugger_page_watch_close(struct debug *d, struct ptask *pt)
{
	struct mm *mm = pt->t.mm;
	struct maps_line l;
	struct maps_file *f = page_watches(mm)->nguards ? maps_open(pt->t.tid) : NULL;
	int r = 0;

	page_watches(mm)->guards_shared = false;
	while (f && !r && maps_next(f, &l))
		for (size_t i = 0; i < page_watches(mm)->nguards && !r; i++) {
			struct guard *g = &page_watches(mm)->guards[i];
			if (g->closed || g->page < l.start || g->page >= l.end)
				continue;
			g->prot = (uint8_t)l.prot;
			page_watches(mm)->guards_shared |= l.shared;
			r = protect(pt, g, true);
		}
	maps_close(f);
	if (r)
		debugger_fail(d, "memory cannot be protected for a watchpoint");
	return r | ptask_restore(pt);
}

static void open_all(struct ptask *pt)
{
	for (size_t i = 0; i < page_watches(pt->t.mm)->nguards; i++)
		protect(pt, &page_watches(pt->t.mm)->guards[i], false);
}

void debugger_page_watch_drop(struct ptask *pt)
{
	if (!page_watches(pt->t.mm)->nguards)
		return;
	open_all(pt);
	page_watches(pt->t.mm)->nguards = 0;
	ptask_restore(pt);
}

/* The protected page at which the task has stopped; *addr becomes the faulting address. */
static struct guard *faulted_page(struct ptask *pt, int status, uint64_t *addr)
{
	siginfo_t si;

	if (!page_watches(pt->t.mm)->nguards || wait_signal(status) != SIGSEGV ||
	    task_siginfo(&pt->t, &si) || si.si_code != SEGV_ACCERR)
		return NULL;
	*addr = (uint64_t)si.si_addr;
	struct guard *g = find(pt->t.mm, PAGE_DOWN(*addr));
	return g && g->closed ? g : NULL;
}

bool debugger_page_watch_triggered(struct ptask *pt, int status)
{
	uint64_t addr;

	return faulted_page(pt, status, &addr);
}

static void touch(struct debug *d, uint64_t addr, uint64_t len)
{
	if (d->ntouched < ARRAY_LEN(d->touched))
		d->touched[d->ntouched++] = (struct touched){addr, len};
}

/* Notes all that the instruction accesses: the fault reports only the first protected address. */
static void note_touched(struct debug *d, struct ptask *pt, uint64_t addr)
{
	uint8_t bytes[ARCH_INSN_MAX];
	struct arch_accesses a;
	uint64_t pc = ARCH_PC(&pt->t.regs);
	ssize_t n = task_read(&pt->t, pc, bytes, sizeof(bytes));

	if (n <= 0)
		return;
	task_hide_breakpoints(&pt->t, pc, bytes, (size_t)n);
	if (!arch_insn_accesses(bytes, (size_t)n, &pt->t.regs, &a) || addr - pc < a.insn_len)
		return; /* the page of the code is protected for another watchpoint */
	for (unsigned i = 0; i < a.n; i++)
		touch(d, a.v[i].addr, a.v[i].len);
	touch(d, addr, a.longest);
}

enum step_result debugger_page_watch_pass(struct debug *d, struct ptask *pt, int *status,
					  enum step_result (*step)(struct debug *d,
								   struct ptask *pt,
								   struct arch_nondet *c,
								   int *status))
{
	struct arch_nondet c;
	enum step_result s = STEP_STOPPED;
	struct guard *g;
	uint64_t addr;

	while (s == STEP_STOPPED && (g = faulted_page(pt, *status, &addr))) {
		if (g->access && !d->ntouched)
			note_touched(d, pt, addr);
		else if (!d->ntouched) /* a write: memory will be compared */
			touch(d, addr, 1);
		if (protect(pt, g, false) || task_restore(&pt->t))
			return STEP_GONE;
		s = step(d, pt, &c, status);
	}
	if (s != STEP_DONE) {
		pt->t.mm->breakpoints_plan = 0;
		return s;
	}
	for (size_t i = 0; i < page_watches(pt->t.mm)->nguards; i++)
		if (protect(pt, &page_watches(pt->t.mm)->guards[i], true))
			return STEP_GONE;
	return task_restore(&pt->t) ? STEP_GONE : s;
}
