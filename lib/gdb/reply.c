#include "gdb/session.h"
#include "util/util.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of a reply: all of a packet's worth as hexadecimal digits fits. */
#define REPLY_MAX (2 * PACKET_MAX)

void reply_bytes(struct session *s, const void *bytes, size_t n)
{
	if (!s->out)
		s->out = xmalloc(REPLY_MAX);
	if (n > REPLY_MAX - s->nout) {
		s->out_full = true;
		return;
	}
	memcpy(s->out + s->nout, bytes, n);
	s->nout += n;
}

void reply_text(struct session *s, const char *text)
{
	reply_bytes(s, text, strlen(text));
}

void reply_format(struct session *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply_bytes(s, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void reply_hex(struct session *s, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++) {
		char two[2] = {digits[p[i] >> 4], digits[p[i] & 0xf]};
		reply_bytes(s, two, 2);
	}
}

void reply_ok(struct session *s)
{
	reply_text(s, "OK");
}

void reply_error(struct session *s, int number)
{
	s->nout = 0;
	s->out_full = false;
	reply_format(s, "E%02x", (unsigned)number & 0xff);
}

void reply_part(struct session *s, const char *document, size_t n, uint64_t offset, uint64_t len)
{
	if (offset > n) {
		reply_error(s, 0);
		return;
	}
	size_t left = n - (size_t)offset, part = len < left ? (size_t)len : left;

	if (part > PACKET_MAX)
		part = PACKET_MAX;
	reply_text(s, part < left ? "m" : "l");
	reply_bytes(s, document + offset, part);
}

void reply_thread(struct session *s, pid_t pid, pid_t tid)
{
	if (s->client.multiprocess)
		reply_format(s, "p%x.%x", (unsigned)pid, (unsigned)tid);
	else
		reply_format(s, "%x", (unsigned)tid);
}

/* --- text for the user
 * ---------------------------------------------------------------------------------------- */

#define CONSOLE_MAX 4096 /* bytes in a packet, so that any client takes it */

void console(struct session *s, const char *text, size_t n)
{
	char *kept = s->out;
	size_t nkept = s->nout;

	for (size_t part; n; text += part, n -= part) {
		part = n < CONSOLE_MAX ? n : CONSOLE_MAX;
		s->out = NULL;
		s->nout = 0;
		reply_text(s, "O");
		reply_hex(s, text, part);
		wire_send(&s->wire, s->out, s->nout);
		free(s->out);
	}
	s->out = kept;
	s->nout = nkept;
}

void console_format(struct session *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	console(s, text, (size_t)n);
	free(text);
}

/* --- what the program writes
 * ---------------------------------------------------------------------------------- */

#define HELD_MAX (1u << 20)

void program_output(void *ctx, int stream, const void *bytes, size_t n)
{
	struct gdb *g = ctx;

	if (g->output_here) {
		(void)!write_all(stream == 2 ? STDERR_FILENO : STDOUT_FILENO, bytes, n);
	} else if (g->session && g->session->listening) {
		console(g->session, bytes, n);
	} else if (n <= HELD_MAX - g->nheld) {
		g->held = xrealloc(g->held, g->nheld + n);
		memcpy(g->held + g->nheld, bytes, n);
		g->nheld += n;
	}
}

void program_output_release(struct session *s)
{
	struct gdb *g = s->gdb;

	console(s, g->held, g->nheld);
	free(g->held);
	g->held = NULL;
	g->nheld = 0;
}

/* --- XML
 * ------------------------------------------------------------------------------------------------------
 */

static const char *xml_entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&apos;";
	default: return NULL;
	}
}

void xml_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *entity = xml_entity(*text);
		if (entity)
			fputs(entity, out);
		else
			fputc((unsigned char)*text < ' ' ? '?' : *text, out);
	}
}
