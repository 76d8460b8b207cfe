#include "gdb/client_points.h"

#include "gdb/bytecode.h"
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/size.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a Z packet asked for. */
struct client_point {
	struct session *session;
	pid_t pid;
	enum debug_break kind;
	uint64_t addr, len;
	/* Conditions: for each its length in two bytes, then its bytecode. One that is true is
	 * enough to stop. */
	uint8_t *conditions;
	size_t nconditions;
};

/* debug_break_add()'s `when`. */
static bool point_holds(void *ctx, pid_t tid)
{
	const struct client_point *p = ctx;

	for (size_t at = 0, n; at < p->nconditions; at += n) {
		n = p->conditions[at] | (size_t)p->conditions[at + 1] << 8;
		at += 2;
		if (gdb_bytecode_true(p->session, tid, p->conditions + at, n))
			return true;
	}
	return false;
}

static void point_free(struct client_point *p)
{
	free(p->conditions);
	free(p);
}

static struct client_point **point_find(struct session *s, const struct client_point *like)
{
	for (size_t i = 0; i < s->npoints; i++) {
		const struct client_point *p = s->points[i];
		if (p->pid == like->pid && p->kind == like->kind && p->addr == like->addr &&
		    p->len == like->len)
			return &s->points[i];
	}
	return NULL;
}

static void point_drop(struct session *s, struct client_point **at)
{
	struct client_point *p = *at;

	debug_break_remove(s->debug, p->pid, p->kind, p->addr, p->len);
	*at = s->points[--s->npoints];
	point_free(p);
}

void gdb_points_forget(struct session *s, pid_t pid)
{
	for (size_t i = s->npoints; i-- > 0;)
		if (!pid || s->points[i]->pid == pid)
			point_drop(s, &s->points[i]);
}

/* "type,address,kind", about the general thread's process. */
static bool take_point(struct session *s, struct cursor *in, struct client_point *p)
{
	static const enum debug_break kinds[] = {DEBUG_BREAK_SOFT, DEBUG_BREAK_HARD,
						 DEBUG_WATCH_WRITE, DEBUG_WATCH_READ,
						 DEBUG_WATCH_ACCESS};
	const struct debug_thread *t = gdb_thread_general(s);
	uint64_t type;

	if (!t || !gdb_take_hex(in, &type) || type >= ARRAY_LEN(kinds) || !gdb_take_char(in, ',') ||
	    !gdb_take_range(in, &p->addr, &p->len))
		return false;
	p->session = s;
	p->pid = t->pid;
	p->kind = kinds[type];
	if (p->kind == DEBUG_BREAK_SOFT || p->kind == DEBUG_BREAK_HARD)
		p->len = 0; /* the kind says which instruction, not how many bytes */
	else if (p->len == 0)
		return false;
	return true;
}

/* ";Xlength,bytecode", any number of times. */
static bool take_conditions(struct cursor *in, struct client_point *p)
{
	uint64_t n;

	while (gdb_take_char(in, ';') || !gdb_at_end(in)) {
		if (!gdb_take_char(in, 'X') || !gdb_take_hex(in, &n) || !gdb_take_char(in, ',') ||
		    n > UINT16_MAX || n > (uint64_t)(in->end - in->p) / 2)
			return false;
		uint8_t *to = ARRAY_ADD_N(p->conditions, p->nconditions, 2 + n);
		to[0] = (uint8_t)n;
		to[1] = (uint8_t)(n >> 8);
		if (!gdb_take_bytes(in, to + 2, n))
			return false;
	}
	return true;
}

/* Z */
void gdb_point_insert(struct session *s, struct cursor *in)
{
	struct client_point *p = xcalloc(1, sizeof(*p)), **old;

	if (!take_point(s, in, p) || !take_conditions(in, p)) {
		gdb_reply_error(s, EINVAL);
		point_free(p);
		return;
	}
	if (debug_break_add(s->debug, p->pid, p->kind, p->addr, p->len,
			    p->conditions ? point_holds : NULL, p)) {
		gdb_reply_error(s, ENOSPC);
		point_free(p);
		return;
	}
	old = point_find(s, p);
	if (old) {
		point_free(*old);
		*old = p;
	} else {
		*ARRAY_ADD(s->points, s->npoints) = p;
	}
	gdb_reply_ok(s);
}

/* z. Not an error if there is none: a client believes that a forked process has inherited its
 * parent's. */
void gdb_point_remove(struct session *s, struct cursor *in)
{
	struct client_point like = {0}, **at;

	if (!take_point(s, in, &like)) {
		gdb_reply_error(s, EINVAL);
		return;
	}
	at = point_find(s, &like);
	if (at)
		point_drop(s, at);
	gdb_reply_ok(s);
}
