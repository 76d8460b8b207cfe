/* Breakpoints and watchpoints: what was asked for, and what is put into tasks for it. */
#include "replay/debugger.h"
#include "replay/page_watch.h"
#include "tracee/address_space.h"
#include "tracee/breakpoints.h"
#include "tracee/watchpoints.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/size.h"

#include <stdlib.h>
#include <string.h>

static bool is_break(enum debug_break kind)
{
	return kind == DEBUG_BREAK_SOFT || kind == DEBUG_BREAK_HARD;
}

static struct stop_point *find(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr,
			       uint64_t len)
{
	for (size_t i = 0; i < d->npoints; i++) {
		struct stop_point *q = &d->points[i];
		if (q->pid == pid && q->kind == kind && q->addr == addr &&
		    (is_break(kind) || q->len == len))
			return q;
	}
	return NULL;
}

/* Adds the pieces of a range that a debug register can watch: a power of two long, and aligned. */
static unsigned pieces(uint64_t addr, uint64_t len, struct arch_watchpoints *w, unsigned n,
		       enum arch_watchpoint_kind kind)
{
	while (len) {
		unsigned k = 8;
		while (addr % k || k > len)
			k /= 2;
		if (n < ARCH_WATCHPOINTS) {
			w->v[n].addr = addr;
			w->v[n].len = k;
			w->v[n].kind = kind;
		}
		n++;
		addr += k;
		len -= k;
	}
	return n;
}

/* The first pieces of a process's watchpoints. Returns how many pieces there are in all. */
static unsigned watches_of(const struct debug *d, pid_t pid, struct arch_watchpoints *w)
{
	unsigned n = 0;

	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < d->npoints; i++) {
		const struct stop_point *q = &d->points[i];
		if (!is_break(q->kind) && q->pid == pid)
			n = pieces(q->addr, q->len, w, n,
				   q->kind == DEBUG_WATCH_WRITE ? ARCH_WATCH_WRITE
								: ARCH_WATCH_ACCESS);
	}
	return n;
}

static void look(struct debug *d, struct stop_point *q)
{
	struct ptask *pt = debugger_process(d, q->pid);

	if (!is_break(q->kind) && (!pt || task_read_all(&pt->t, q->addr, q->was, q->len)))
		memset(q->was, 0, q->len);
}

void debugger_points_remember(struct debug *d)
{
	for (size_t i = 0; i < d->npoints; i++)
		look(d, &d->points[i]);
}

#define WATCH_MAX 4096

int debug_break_add(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr, uint64_t len,
		    bool (*when)(void *ctx, pid_t tid), void *ctx)
{
	struct stop_point *q = find(d, pid, kind, addr, len);
	uint8_t byte;

	if (q) {
		q->when = when;
		q->ctx = ctx;
		return 0;
	}
	struct ptask *pt = debugger_process(d, pid);
	if (!pt)
		return debugger_fail(d, "there is no process %d here", pid);
	if (is_break(kind) && task_read_all(&pt->t, addr, &byte, 1))
		return debugger_fail(d, "there is no memory at 0x%lx", (unsigned long)addr);
	if (!is_break(kind) && (!len || len > WATCH_MAX))
		return debugger_fail(d, "%lu bytes cannot be watched", (unsigned long)len);
	q = ARRAY_ADD(d->points, d->npoints);
	*q = (struct stop_point){
		pid, kind, addr, len, when, ctx, is_break(kind) ? NULL : xcalloc(1, len)};
	look(d, q);
	d->plan++;
	return 0;
}

int debug_break_remove(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr,
		       uint64_t len)
{
	struct stop_point *q = find(d, pid, kind, addr, len);

	if (!q)
		return debugger_fail(d, "there is no such breakpoint");
	free(q->was);
	*q = d->points[--d->npoints];
	d->plan++;
	return 0;
}

void debug_break_remove_all(struct debug *d)
{
	while (d->npoints)
		free(d->points[--d->npoints].was);
	d->plan++;
}

/* A child of vfork() runs in its parent's memory. */
static bool is_in(struct debug *d, const struct stop_point *q, const struct mm *mm)
{
	const struct ptask *of = debugger_process(d, q->pid);

	return of && of->t.mm == mm;
}

static void insert(struct task *t, uint64_t addr)
{
	uint64_t v[2];
	size_t n = code_entries(code_of(t->mm), addr, v);

	for (size_t i = 0; i < n; i++)
		task_gone_ok(task_insert_breakpoint(t, v[i]));
}

void debugger_points_remove(struct ptask *pt)
{
	if (pt->t.mm->nbreakpoints)
		task_remove_breakpoints(&pt->t);
	debugger_page_watch_drop(pt);
	pt->t.mm->breakpoints_plan = 0;
}

/* Debug registers that the emulated tracer uses are not the debugger's. */
static bool cpu_watches(const struct ptask *pt)
{
	return !pt->t.debugged && task_watchpoints_work();
}

/* Protects the pages of watchpoints for which there are no debug registers. */
static int protect_pages(struct debug *d, struct ptask *pt)
{
	struct arch_watchpoints w;
	unsigned n = 0;

	for (size_t i = 0; i < d->npoints; i++) {
		const struct stop_point *q = &d->points[i];
		if (is_break(q->kind) || !is_in(d, q, pt->t.mm))
			continue;
		n = pieces(q->addr, q->len, &w, n, ARCH_WATCH_WRITE);
		if (n <= ARCH_WATCHPOINTS && cpu_watches(pt))
			continue;
		for (uint64_t page = PAGE_DOWN(q->addr); page < q->addr + q->len; page += PAGE)
			debugger_page_watch_add(pt->t.mm, page, q->kind != DEBUG_WATCH_WRITE);
	}
	return page_watches(pt->t.mm)->nguards ? debugger_page_watch_close(d, pt) : 0;
}

/* With the step counter, the task's pc is compared instead; but a diversion is not stepped. */
static bool uses_breakpoint_insns(const struct debug *d)
{
	return !d->ignore_points && (!d->p.by || d->diversion);
}

int debugger_points_insert(struct debug *d, struct ptask *pt)
{
	struct arch_watchpoints w;
	struct mm *mm = pt->t.mm;

	if (mm->breakpoints_plan != d->plan) {
		debugger_points_remove(pt);
		for (size_t i = 0; i < d->npoints && uses_breakpoint_insns(d); i++)
			if (is_break(d->points[i].kind) && is_in(d, &d->points[i], mm))
				insert(&pt->t, d->points[i].addr);
		if (!d->ignore_points && protect_pages(d, pt))
			return -1;
		mm->breakpoints_plan = d->plan;
	}
	unsigned n = d->ignore_points ? 0 : watches_of(d, pt->pid, &w);
	if (n && !cpu_watches(pt))
		n = 0;
	pt->watched &= !pt->t.debugged;
	if (n || pt->watched) {
		if (!n)
			memset(&w, 0, sizeof(w));
		if (task_set_watchpoints(&pt->t, &w))
			return debugger_fail(d, "the CPU does not take the watchpoints");
		pt->watched = n;
	}
	return 0;
}

const struct stop_point *debugger_points_break_at(struct debug *d, struct ptask *pt)
{
	for (size_t i = 0; i < d->npoints && !d->ignore_points; i++) {
		const struct stop_point *q = &d->points[i];
		if (is_break(q->kind) && q->addr == ARCH_PC(&pt->t.regs) && q->pid == pt->pid &&
		    (!q->when || q->when(q->ctx, pt->id)))
			return q;
	}
	return NULL;
}

static bool hit_by(const struct debug *d, const struct stop_point *q,
		   const struct arch_watchpoints *w, unsigned triggered)
{
	for (size_t i = 0; i < d->ntouched; i++)
		if (d->touched[i].addr < q->addr + q->len &&
		    q->addr < d->touched[i].addr + d->touched[i].len)
			return true;
	for (int i = 0; i < ARCH_WATCHPOINTS; i++)
		if (triggered >> i & 1 && w->v[i].len && w->v[i].addr < q->addr + q->len &&
		    q->addr < w->v[i].addr + w->v[i].len)
			return true;
	return false;
}

/* A write that changes nothing does not count; an access that changes nothing is a read. */
static bool watch_hit(const struct stop_point *q, bool changed, bool triggered)
{
	switch (q->kind) {
	case DEBUG_WATCH_WRITE: return changed;
	case DEBUG_WATCH_READ: return triggered && !changed;
	default: return triggered || changed;
	}
}

bool debugger_points_watch_check(struct debug *d, struct ptask *pt, unsigned triggered)
{
	uint8_t now[WATCH_MAX];
	struct arch_watchpoints w;
	const struct stop_point *hit = NULL;

	watches_of(d, pt->pid, &w);
	for (size_t i = 0; i < d->npoints; i++) {
		struct stop_point *q = &d->points[i];
		if (is_break(q->kind) || q->pid != pt->pid)
			continue;
		bool there = !task_read_all(&pt->t, q->addr, now, q->len);
		bool changed = there && memcmp(now, q->was, q->len) != 0;
		if (changed)
			memcpy(q->was, now, q->len);
		if (!hit && watch_hit(q, changed, hit_by(d, q, &w, triggered)) &&
		    (!q->when || q->when(q->ctx, pt->id)))
			hit = q;
	}
	d->ntouched = 0;
	if (!hit || d->ignore_points)
		return false;
	d->stop = (struct debug_stop){.kind = DEBUG_STOP_WATCH,
				      .addr = hit->addr,
				      .watch = hit->kind,
				      .pid = pt->pid,
				      .tid = pt->id};
	return true;
}
