#include "gdb/reply.h"

#include "util/alloc.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of a reply: the hexadecimal digits of as many bytes as a packet can ask for. */
#define REPLY_MAX (2 * PACKET_MAX)

void gdb_reply_begin(struct session *s)
{
	if (!s->out)
		s->out = xmalloc(REPLY_MAX);
	s->nout = 0;
	s->reply = REPLY_OPEN;
}

void gdb_reply_send(struct session *s)
{
	if (s->reply == REPLY_NONE)
		return;
	if (s->reply == REPLY_OVERFLOW)
		gdb_reply_error(s, EMSGSIZE);
	gdb_wire_send(&s->wire, s->out, s->nout);
}

void gdb_reply_none(struct session *s)
{
	s->reply = REPLY_NONE;
}

void gdb_reply_bytes(struct session *s, const void *bytes, size_t n)
{
	assert(s->out && s->reply != REPLY_NONE);
	if (n > REPLY_MAX - s->nout) {
		s->reply = REPLY_OVERFLOW;
		return;
	}
	memcpy(s->out + s->nout, bytes, n);
	s->nout += n;
}

void gdb_reply_text(struct session *s, const char *text)
{
	gdb_reply_bytes(s, text, strlen(text));
}

void gdb_reply_format(struct session *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n < sizeof(text));
	gdb_reply_bytes(s, text, (size_t)n);
}

void gdb_reply_hex(struct session *s, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++) {
		char two[2] = {digits[p[i] >> 4], digits[p[i] & 0xf]};
		gdb_reply_bytes(s, two, 2);
	}
}

void gdb_reply_ok(struct session *s)
{
	gdb_reply_text(s, "OK");
}

void gdb_reply_error(struct session *s, int number)
{
	assert(s->reply != REPLY_NONE);
	s->nout = 0;
	s->reply = REPLY_OPEN;
	gdb_reply_format(s, "E%02x", (unsigned)number & 0xff);
}

void gdb_reply_part(struct session *s, const char *document, size_t n, uint64_t offset,
		    uint64_t len)
{
	if (offset > n) {
		gdb_reply_error(s, 0);
		return;
	}
	size_t left = n - (size_t)offset, part = len < left ? (size_t)len : left;

	if (part > PACKET_MAX)
		part = PACKET_MAX;
	gdb_reply_text(s, part < left ? "m" : "l");
	gdb_reply_bytes(s, document + offset, part);
}

void gdb_reply_thread(struct session *s, pid_t pid, pid_t tid)
{
	if (s->client.multiprocess)
		gdb_reply_format(s, "p%x.%x", (unsigned)pid, (unsigned)tid);
	else
		gdb_reply_format(s, "%x", (unsigned)tid);
}
