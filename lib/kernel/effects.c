/* What a call that failed has done to an address space before it failed. A replay makes that, and
 * not the call: it fails for reasons that only the recording has (limits, filters, locked memory).
 *
 * The recorder does not know beforehand that a call will fail. So it looks at what is mapped
 * afterwards, and the records say how that is, whatever it was before.
 */
#include "kernel/handler.h"
#include "tracee/injected_calls.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* --- recording --- */

struct range {
	uint64_t start, end;
};

/* Calls fn for the mappings in r, in order, cut to r, until it returns false. Reserved ranges are
 * left out, because calls of the program do not change them. */
static void each_mapping(struct task *t, struct range r,
			 bool (*fn)(void *ctx, const struct maps_line *l), void *ctx)
{
	struct maps_file *f = maps_open(t->tid);
	struct maps_line l;

	while (f && maps_next(f, &l) && l.start < r.end) {
		if (l.end <= r.start || kernel_is_reserved(l.start, 1))
			continue;
		l.start = l.start < r.start ? r.start : l.start;
		l.end = l.end > r.end ? r.end : l.end;
		if (!fn(ctx, &l))
			break;
	}
	maps_close(f);
}

static void put_effect(struct call *c, uint8_t backing, uint64_t start, uint64_t end, uint64_t from)
{
	kernel_put_map(c->rec, &(struct trace_map){.tid = c->t->tid,
						   .backing = backing,
						   .start = start,
						   .len = end - start,
						   .offset = from,
						   .path = "",
						   .copy = ""});
}

struct holes {
	struct call *c;
	uint64_t at; /* nothing is mapped from here to the next mapping */
};

static void put_gone(struct call *c, uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	kernel_mm_remove_shared(c->t->mm, start, end - start);
	kernel_code_gone(c->t, start, end - start);
	put_effect(c, BACKING_GONE, start, end, 0);
}

static bool hole_before(void *ctx, const struct maps_line *l)
{
	struct holes *h = ctx;

	put_gone(h->c, h->at, l->start);
	h->at = l->end;
	return true;
}

void kernel_effect_holes(struct call *c, uint64_t start, uint64_t len)
{
	struct holes h = {c, start};

	if (start % PAGE || len > UINT64_MAX - start)
		return;
	each_mapping(c->t, (struct range){start, start + len}, hole_before, &h);
	put_gone(c, h.at, start + len);
}

static bool first_mapping(void *ctx, const struct maps_line *l)
{
	*(uint64_t *)ctx = l->start;
	return false;
}

uint64_t kernel_effect_moved(struct call *c, uint64_t old, uint64_t len, uint64_t to)
{
	uint64_t first = old + len;

	each_mapping(c->t, (struct range){old, old + len}, first_mapping, &first);
	if (first > old)
		put_effect(c, BACKING_MOVED, to, to + (first - old), old);
	return first - old;
}

static bool put_memory(void *ctx, const struct maps_line *l)
{
	struct call *c = ctx;

	if (l->shared || l->ino)
		return true;
	kernel_put_map(c->rec, &(struct trace_map){.tid = c->t->tid,
						   .backing = BACKING_ANON,
						   .start = l->start,
						   .len = l->end - l->start,
						   .prot = l->prot,
						   .flags = MAP_PRIVATE | MAP_ANONYMOUS,
						   .path = "",
						   .copy = ""});
	kernel_put_pages(c->rec, c->t, l);
	return true;
}

static int page_found(void *ctx, uint64_t start, uint64_t len)
{
	(void)len;
	*(uint64_t *)ctx = start;
	return 1;
}

uint64_t kernel_effect_emptied(struct call *c, uint64_t start, uint64_t len)
{
	uint64_t first = start + len, mapped = first;

	each_mapping(c->t, (struct range){start, start + len}, first_mapping, &mapped);
	if (mapped > start)
		return 0;
	pagemap_each(c->t->tid, start, start + len, true, page_found, &first);
	return first - start;
}

void kernel_effect_memory(struct call *c, uint64_t start, uint64_t len)
{
	each_mapping(c->t, (struct range){start, start + len}, put_memory, c);
}

struct protection {
	uint64_t at;
	unsigned prot;
};

/* mprotect(2) changes one mapping after the other, up to a hole or a mapping that cannot be
 * changed. */
static bool has_protection(void *ctx, const struct maps_line *l)
{
	struct protection *p = ctx;

	if (l->start != p->at || l->prot != p->prot)
		return false;
	p->at = l->end;
	return true;
}

/* Finds the beginning of the mapping that contains addr. */
static bool begins_before(void *ctx, const struct maps_line *l)
{
	uint64_t *addr = ctx;

	if (l->end > *addr && l->start < *addr)
		*addr = l->start;
	return l->end <= *addr;
}

void kernel_effect_protected(struct call *c)
{
	uint64_t start = c->args[0], len = PAGE_UP(c->args[1]);
	struct protection p = {start, (unsigned)c->args[2] & (PROT_READ | PROT_WRITE | PROT_EXEC)};
	uint64_t end = start + len;

	if (start % PAGE || end < start) {
		put_effect(c, BACKING_PART, 0, 0, 0);
		return;
	}
	if (c->args[2] & PROT_GROWSDOWN) {
		each_mapping(c->t, (struct range){0, end}, begins_before, &start);
		p.at = start;
	}
	each_mapping(c->t, (struct range){start, end}, has_protection, &p);
	put_effect(c, BACKING_PART, start, p.at, 0);
}

struct advised {
	struct call *c;
	uint64_t start, end; /* the part in which the advice took effect */
};

/* Pages are dropped from one mapping after the other, too. Pages of shared memory do not belong to
 * the task. */
static bool all_dropped(void *ctx, const struct maps_line *l)
{
	struct advised *a = ctx;

	if (l->shared)
		return true;
	return !pagemap_each(a->c->t->tid, l->start, l->end, false, page_found, &a->end);
}

/* Advice that does not show in page tables is repeated, mapping by mapping. Where it took effect
 * before, it has none now. */
static bool advise_again(void *ctx, const struct maps_line *l)
{
	struct advised *a = ctx;
	struct task *t = a->c->t;
	uint64_t advice = a->c->args[2];

	if (TASK_CALL(t, SYS_madvise, l->start, l->end - l->start, advice))
		return false;
	if (advice == MADV_FREE)
		TASK_CALL(t, SYS_madvise, l->start, l->end - l->start, MADV_DONTNEED);
	if (a->end != l->start) {
		if (a->end > a->start)
			put_effect(a->c, BACKING_PART, a->start, a->end, 0);
		a->start = l->start;
	}
	a->end = l->end;
	return true;
}

void kernel_effect_advised(struct call *c, bool drops)
{
	uint64_t start = c->args[0], len = PAGE_UP(c->args[1]);
	struct range r = {start, start + len};
	struct advised a = {c, start, drops ? r.end : start};

	if (start % PAGE || r.end < start)
		a.end = a.start = 0;
	else
		each_mapping(c->t, r, drops ? all_dropped : advise_again, &a);
	put_effect(c, BACKING_PART, a.start, a.end, 0);
}

/* --- replaying --- */

static int replay_gone(struct replay_call *c, const struct trace_map *m)
{
	const uint64_t range[6] = {m->start, m->len};

	kernel_mm_remove_shared(c->t->mm, m->start, m->len);
	kernel_code_gone(c->t, m->start, m->len);
	int64_t r = kernel_replay_range(c->t, SYS_munmap, range);
	/* Beyond the address space nothing is mapped, and munmap(2) refuses it. */
	if (r == -EINVAL && m->start + m->len > TASK_END)
		r = 0;
	return r ? kernel_replay_fail(c->rp, "memory at 0x%lx: cannot be unmapped: %s", m->start,
				      strerror((int)-r))
		 : 0;
}

/* Whether the call continues after a hole, and reports it at its end. */
static bool passes_holes(long nr, uint64_t advice)
{
	return nr == SYS_madvise && (advice == MADV_DONTNEED || advice == MADV_DONTNEED_LOCKED_);
}

static int replay_part(struct replay_call *c, const struct trace_map *m, long nr)
{
	/* The part begins where PROT_GROWSDOWN made it begin, and the recorded call may have failed
	 * because of other bits. */
	const uint64_t mask = nr == SYS_mprotect ? PROT_READ | PROT_WRITE | PROT_EXEC : UINT64_MAX;
	const uint64_t a[6] = {m->start, m->len, c->args[2] & mask};
	int64_t r = m->len ? kernel_replay_range(c->t, nr, a) : 0;

	if (!r || (r == -ENOMEM && passes_holes(nr, a[2])))
		return 0;
	return kernel_replay_fail(c->rp, "%s of a part: %s", c->desc->name, strerror((int)-r));
}

static int replay_effect(struct replay_call *c, const struct trace_map *m, long nr)
{
	switch (m->backing) {
	case BACKING_GONE: return replay_gone(c, m);
	case BACKING_MOVED: return kernel_replay_move(c, m->offset, m->len, m->start);
	case BACKING_PART: return replay_part(c, m, nr);
	case BACKING_ANON: return kernel_replay_map(c->rp, c->t, m);
	default: return kernel_replay_fail(c->rp, "the trace has a call that fails and maps");
	}
}

int kernel_replay_effects(struct replay_call *c, long nr)
{
	struct trace_map m;
	int r, n = 0;

	for (; (r = trace_next_map(c->rp->r, &m)) == 1; n = 1)
		if (replay_effect(c, &m, nr))
			return -1;
	return r ? kernel_replay_fail(c->rp, "%s", trace_reader_error(c->rp->r)) : n;
}
