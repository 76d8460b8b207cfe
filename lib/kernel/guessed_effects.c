/* The effects of calls with a code that formats/subcodes does not have.
 *
 * Such a call may write anywhere, but nearly all write near a pointer that they are given, or near
 * one in the struct to which it points. The recorder reads that memory at the call's entry and
 * records what has changed at its exit. Bytes that other threads have changed meanwhile do no harm:
 * at this event, the replay has the same bytes there. Recording. */
#include "kernel/handler.h"
#include "tracee/procfs.h"
#include "util/array.h"
#include "util/size.h"

#include <linux/ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Bytes compared at each pointer, or more if the code contains a size. */
#define NEAR 4096
#define NEAR_MAX (1u << _IOC_SIZEBITS)
/* Bytes of a struct of unknown size in which pointers are looked for, and how many are followed. */
#define STRUCT_GUESS 256
#define POINTERS_MAX 16
/* Equal bytes between two that have changed, so that these become two records. */
#define GAP 16

/* Number of the argument that is the call's code, or -1. */
static int code_argument(const struct sys_desc *d)
{
	for (int i = 0; i < d->nargs; i++)
		if (d->args[i].type == T_CMD)
			return i;
	return -1;
}

static bool is_kept(const struct call *c, uint64_t addr)
{
	struct kept_head h;

	for (size_t at = 0; kernel_kept_next(&c->guess, &at, &h);)
		if (addr >= h.addr && addr < h.addr + h.len)
			return true;
	return false;
}

/* --- memory that the program has written --- */

struct writable {
	struct range {
		uint64_t start, end;
	} * v;
	size_t n;
};

/* Where the program could write, without the tool's memory. */
static struct writable writable_ranges(struct task *t)
{
	struct maps_file *f = maps_open(t->tid);
	struct writable w = {0};
	struct maps_line l;

	while (f && maps_next(f, &l)) {
		if (!(l.prot & PROT_WRITE) || kernel_mm_hides(t->mm, l.start))
			continue;
		if (w.n && w.v[w.n - 1].end == l.start)
			w.v[w.n - 1].end = l.end;
		else
			*ARRAY_ADD(w.v, w.n) = (struct range){l.start, l.end};
	}
	maps_close(f);
	return w;
}

/* Bytes from addr to the end of what the program could write; 0: not even one. */
static uint64_t writable_room(const struct writable *w, uint64_t addr)
{
	size_t at = ARRAY_SEARCH(i, w->n, w->v[i].end > addr);

	return at < w->n && w->v[at].start <= addr ? w->v[at].end - addr : 0;
}

struct snapshot {
	struct task *t;
	uint64_t addr, n;
	uint8_t *bytes;
	void (*fn)(void *ctx, uint64_t from, uint64_t to); /* for each part that was read */
	void *ctx;
};

static int snapshot_part(void *ctx, uint64_t start, uint64_t len)
{
	struct snapshot *s = ctx;
	uint64_t from = start > s->addr ? start : s->addr,
		 to = start + len < s->addr + s->n ? start + len : s->addr + s->n;
	ssize_t got = task_read(s->t, from, s->bytes + (from - s->addr), to - from);

	if (got > 0 && s->fn)
		s->fn(s->ctx, from - s->addr, from - s->addr + (uint64_t)got);
	return 0;
}

/* Reads the pages that have been written. Others are left alone, because to read one would be to
 * create it, which the program can see; in `bytes` they remain as they were. */
static void snapshot(struct snapshot s)
{
	uint64_t start = PAGE_DOWN(s.addr), end = PAGE_UP(s.addr + s.n);

	if (pagemap_each(s.t->tid, start, end, true, snapshot_part, &s))
		snapshot_part(&s, s.addr, s.n);
}

/* --- at entry --- */

/* Keeps up to n bytes, and has a copy of them in buf. Returns how many there are. */
static uint64_t keep_near(struct call *c, const struct writable *w, int arg, uint64_t addr,
			  uint64_t n, uint8_t buf[NEAR_MAX])
{
	uint64_t room = writable_room(w, addr);

	if (!room || is_kept(c, addr))
		return 0;
	n = n > room ? room : n;
	n = n > NEAR_MAX ? NEAR_MAX : n;
	memset(buf, 0, n);
	snapshot((struct snapshot){.t = c->t, .addr = addr, .n = n, .bytes = buf});
	kernel_kept_add(&c->guess, arg, addr, buf, n);
	return n;
}

/* Bytes of the memory at argument i, as the call's other arguments say; 0: they do not. */
static uint64_t struct_size(const struct call *c, int i)
{
	if (c->nr == SYS_ioctl)
		return _IOC_SIZE(c->args[1]);
	if (c->nr == SYS_setsockopt)
		return c->args[4] < NEAR_MAX ? c->args[4] : NEAR_MAX;
	return c->cap[i];
}

static void keep_argument(struct call *c, const struct writable *w, int i)
{
	static uint8_t buf[NEAR_MAX], other[NEAR_MAX];
	uint64_t size = struct_size(c, i), word;
	uint64_t n = keep_near(c, w, i, c->args[i], size > NEAR ? size : NEAR, buf);
	int followed = 0;

	size = size ? size : STRUCT_GUESS;
	size = size < n ? size : n;
	for (size_t at = 0; at + sizeof(word) <= size && followed < POINTERS_MAX;
	     at += sizeof(word)) {
		memcpy(&word, buf + at, sizeof(word));
		followed += keep_near(c, w, i, word, NEAR, other) > 0;
	}
}

void kernel_guess_enter(struct call *c)
{
	int code = c->code ? -1 : code_argument(c->desc);

	c->guess.len = 0;
	c->guessed = code >= 0 && c->verdict == CALL_MAKE;
	if (!c->guessed)
		return;
	struct writable w = writable_ranges(c->t);
	for (int i = 0; i < c->desc->nargs; i++) {
		const struct sys_arg *a = &c->desc->args[i];
		if (i != code && (a->type == T_SPECIAL || a->dir != D_NONE))
			keep_argument(c, &w, i);
	}
	free(w.v);
}

/* --- at exit --- */

struct changes {
	struct call *c;
	uint64_t addr;
	const uint8_t *old, *now;
	bool any;
};

/* Puts records of the bytes that are not the old ones. */
static void put_changes(void *ctx, uint64_t from, uint64_t end)
{
	struct changes *x = ctx;

	for (;;) {
		while (from < end && x->now[from] == x->old[from])
			from++;
		if (from == end)
			return;
		uint64_t to = from + 1;
		for (uint64_t at = to; at < end && at < to + GAP; at++)
			if (x->now[at] != x->old[at])
				to = at + 1;
		kernel_put(x->c->rec, &(struct trace_data){.kind = DATA_OUT,
							   .tid = x->c->t->tid,
							   .addr = x->addr + from,
							   .len = (uint32_t)(to - from),
							   .bytes = x->now + from});
		x->any = true;
		from = to;
	}
}

bool kernel_guess_save(struct call *c)
{
	static uint8_t now[NEAR_MAX];
	struct changes x = {.c = c, .now = now};
	struct kept_head h;

	for (size_t at = 0; (x.old = kernel_kept_next(&c->guess, &at, &h));) {
		x.addr = h.addr;
		snapshot((struct snapshot){.t = c->t,
					   .addr = h.addr,
					   .n = h.len,
					   .bytes = now,
					   .fn = put_changes,
					   .ctx = &x});
	}
	return x.any;
}

static void warn(struct call *c)
{
	uint32_t code = (uint32_t)c->args[code_argument(c->desc)];
	char what[64];

	if (c->nr == SYS_getsockopt || c->nr == SYS_setsockopt)
		snprintf(what, sizeof(what), "%s: level %d, option %d", c->desc->name,
			 (int)c->args[1], (int)code);
	else
		snprintf(what, sizeof(what), "%s 0x%x", c->desc->name, code);
	c->rec->warn(c->rec, what, "unknown: what it writes to memory is guessed");
}

void kernel_guess_exit(struct call *c)
{
	if (!c->guessed)
		return;
	/* Where the kernel does not know the code either, there is no effect. */
	if (kernel_guess_save(c) || c->result >= 0)
		warn(c);
}
