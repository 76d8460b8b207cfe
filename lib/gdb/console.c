#include "gdb/console.h"

#include "util/array.h"
#include "util/file_io.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONSOLE_MAX 4096u /* bytes of text in a packet: few enough for any client */

/* An "O" packet. The reply being made is left alone. */
static void console_packet(struct session *s, const char *text, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char packet[1 + 2 * CONSOLE_MAX] = "O";

	for (size_t i = 0; i < n; i++) {
		packet[1 + 2 * i] = digits[(uint8_t)text[i] >> 4];
		packet[2 + 2 * i] = digits[(uint8_t)text[i] & 0xf];
	}
	gdb_wire_send(&s->wire, packet, 1 + 2 * n);
}

void gdb_console(struct session *s, const char *text, size_t n)
{
	for (size_t part; n; text += part, n -= part) {
		part = n < CONSOLE_MAX ? n : CONSOLE_MAX;
		console_packet(s, text, part);
	}
}

void gdb_console_format(struct session *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	gdb_console(s, text, (size_t)n);
	free(text);
}

#define HELD_MAX (1u << 20) /* what is more is lost */

void gdb_program_output(void *ctx, int stream, const void *bytes, size_t n)
{
	struct gdb *g = ctx;

	if (g->output_here) {
		(void)!write_all(stream == 2 ? STDERR_FILENO : STDOUT_FILENO, bytes, n);
	} else if (g->session && g->session->listening) {
		gdb_console(g->session, bytes, n);
	} else if (n <= HELD_MAX - g->nheld) {
		memcpy(ARRAY_ADD_N(g->held, g->nheld, n), bytes, n);
	}
}

void gdb_program_output_release(struct session *s)
{
	struct gdb *g = s->gdb;

	gdb_console(s, g->held, g->nheld);
	free(g->held);
	g->held = NULL;
	g->nheld = 0;
}
