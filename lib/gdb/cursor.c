#include "gdb/cursor.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

bool gdb_at_end(const struct cursor *c)
{
	return c->p == c->end;
}

bool gdb_take_char(struct cursor *c, char expected)
{
	if (gdb_at_end(c) || *c->p != expected)
		return false;
	c->p++;
	return true;
}

bool gdb_take_word(struct cursor *c, const char *expected)
{
	size_t n = strlen(expected);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, expected, n))
		return false;
	c->p += n;
	return true;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool gdb_take_hex(struct cursor *c, uint64_t *v)
{
	const char *from = c->p;

	*v = 0;
	for (; !gdb_at_end(c) && digit(*c->p) >= 0; c->p++) {
		if (*v >> 60)
			return false;
		*v = *v << 4 | (uint64_t)digit(*c->p);
	}
	return c->p > from;
}

bool gdb_take_bytes(struct cursor *c, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++, c->p += 2) {
		if (c->end - c->p < 2 || digit(c->p[0]) < 0 || digit(c->p[1]) < 0)
			return false;
		bytes[i] = (uint8_t)(digit(c->p[0]) << 4 | digit(c->p[1]));
	}
	return true;
}

bool gdb_take_range(struct cursor *c, uint64_t *addr, uint64_t *len)
{
	return gdb_take_hex(c, addr) && gdb_take_char(c, ',') && gdb_take_hex(c, len);
}

const char *gdb_take_until(struct cursor *c, char end, size_t *n)
{
	const char *from = c->p, *stop = memchr(from, end, (size_t)(c->end - from));

	*n = (size_t)((stop ? stop : c->end) - from);
	c->p = stop ? stop + 1 : c->end;
	return from;
}

char *gdb_take_text(struct cursor *c)
{
	const char *p = c->p;

	while (p < c->end && digit(*p) >= 0)
		p++;
	size_t n = (size_t)(p - c->p) / 2;
	char *text = xmalloc(n + 1);
	if ((p - c->p) % 2 || !gdb_take_bytes(c, (uint8_t *)text, n) || memchr(text, '\0', n)) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

static bool take_id(struct cursor *c, pid_t *id)
{
	uint64_t v;

	if (gdb_take_word(c, "-1")) {
		*id = -1;
		return true;
	}
	if (!gdb_take_hex(c, &v) || v > INT32_MAX)
		return false;
	*id = (pid_t)v;
	return true;
}

bool gdb_take_thread(struct cursor *c, struct thread_id *id)
{
	id->pid = id->tid = 0;
	if (!gdb_take_char(c, 'p'))
		return take_id(c, &id->tid);
	if (!take_id(c, &id->pid))
		return false;
	id->tid = -1;
	return !gdb_take_char(c, '.') || take_id(c, &id->tid);
}
