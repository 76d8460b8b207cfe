#include "gdb/session.h"
#include "util/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A Z packet. */
struct point {
	struct session *session;
	pid_t pid;
	enum debug_break kind;
	uint64_t addr, len;
	/* Conditions: each its length in two bytes, then so much bytecode. It stops when one is
	 * true. */
	uint8_t *conditions;
	size_t nconditions;
};

static bool point_holds(void *ctx, pid_t tid)
{
	const struct point *p = ctx;

	for (size_t at = 0, n; at < p->nconditions; at += n) {
		n = p->conditions[at] | (size_t)p->conditions[at + 1] << 8;
		at += 2;
		if (bytecode_true(p->session, tid, p->conditions + at, n))
			return true;
	}
	return false;
}

static void point_free(struct point *p)
{
	free(p->conditions);
	free(p);
}

static struct point **point_find(struct session *s, const struct point *like)
{
	for (size_t i = 0; i < s->npoints; i++) {
		const struct point *p = s->points[i];
		if (p->pid == like->pid && p->kind == like->kind && p->addr == like->addr &&
		    p->len == like->len)
			return &s->points[i];
	}
	return NULL;
}

static void point_drop(struct session *s, struct point **at)
{
	struct point *p = *at;

	debug_break_remove(s->debug, p->pid, p->kind, p->addr, p->len);
	*at = s->points[--s->npoints];
	point_free(p);
}

void points_forget(struct session *s, pid_t pid)
{
	for (size_t i = s->npoints; i-- > 0;)
		if (!pid || s->points[i]->pid == pid)
			point_drop(s, &s->points[i]);
}

/* "type,address,kind" of a Z or z, for the general thread's process. */
static bool take_point(struct session *s, struct cursor *in, struct point *p)
{
	static const enum debug_break kinds[] = {DEBUG_BREAK_SOFT, DEBUG_BREAK_HARD,
						 DEBUG_WATCH_WRITE, DEBUG_WATCH_READ,
						 DEBUG_WATCH_ACCESS};
	const struct debug_thread *t = thread_general(s);
	uint64_t type;

	if (!t || !take_hex(in, &type) || type >= ARRAY_LEN(kinds) || !take_char(in, ',') ||
	    !take_range(in, &p->addr, &p->len))
		return false;
	p->session = s;
	p->pid = t->pid;
	p->kind = kinds[type];
	if (p->kind == DEBUG_BREAK_SOFT || p->kind == DEBUG_BREAK_HARD)
		p->len = 0; /* it was the instruction's kind */
	else if (p->len == 0)
		return false;
	return true;
}

/* ";Xlength,bytecode" any number of times. */
static bool take_conditions(struct cursor *in, struct point *p)
{
	uint64_t n;

	while (take_char(in, ';') || !at_end(in)) {
		if (!take_char(in, 'X') || !take_hex(in, &n) || !take_char(in, ',') ||
		    n > UINT16_MAX || n > (uint64_t)(in->end - in->p) / 2)
			return false;
		p->conditions = xrealloc(p->conditions, p->nconditions + 2 + n);
		uint8_t *to = p->conditions + p->nconditions;
		to[0] = (uint8_t)n;
		to[1] = (uint8_t)(n >> 8);
		if (!take_bytes(in, to + 2, n))
			return false;
		p->nconditions += 2 + n;
	}
	return true;
}

/* Z */
void point_insert(struct session *s, struct cursor *in)
{
	struct point *p = xcalloc(1, sizeof(*p)), **old;

	if (!take_point(s, in, p) || !take_conditions(in, p)) {
		reply_error(s, EINVAL);
		point_free(p);
		return;
	}
	if (debug_break_add(s->debug, p->pid, p->kind, p->addr, p->len,
			    p->conditions ? point_holds : NULL, p)) {
		reply_error(s, ENOSPC);
		point_free(p);
		return;
	}
	old = point_find(s, p);
	if (old) {
		point_free(*old);
		*old = p;
	} else {
		s->points = xrealloc(s->points, (s->npoints + 1) * sizeof(struct point *));
		s->points[s->npoints++] = p;
	}
	reply_ok(s);
}

/* z: a client also removes what it believes that a new process has from the one that made it. */
void point_remove(struct session *s, struct cursor *in)
{
	struct point like = {0}, **at;

	if (!take_point(s, in, &like)) {
		reply_error(s, EINVAL);
		return;
	}
	at = point_find(s, &like);
	if (at)
		point_drop(s, at);
	reply_ok(s);
}
