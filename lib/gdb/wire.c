#include "gdb/wire.h"

#include "util/alloc.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define INTERRUPT 3
#define ESCAPE '}'
#define ESCAPE_BIT 0x20

void gdb_wire_init(struct wire *w, int fd, int control)
{
	memset(w, 0, sizeof(*w));
	w->fd = fd;
	w->control = control;
	w->acks = true;
	w->packet = xmalloc(PACKET_MAX + 1);
}

void gdb_wire_free(struct wire *w)
{
	free(w->packet);
	free(w->frame);
}

/* True once the socket is ready; false if it is not within `timeout` ms, or `control` says stop. */
static bool wire_wait(struct wire *w, short events, int timeout)
{
	struct pollfd fds[2] = {{.fd = w->fd, .events = events},
				{.fd = w->control, .events = POLLIN}};
	int n;

	do
		n = poll(fds, 2, timeout);
	while (n < 0 && errno == EINTR);
	if (n < 0 || fds[1].revents)
		w->closed = true;
	return fds[0].revents && !w->closed;
}

/* --- from the client --- */

/* Receives what has arrived, without waiting. */
static void wire_receive(struct wire *w)
{
	if (w->at == w->end)
		w->at = w->end = 0;
	if (w->end == sizeof(w->raw))
		return;
	ssize_t n = recv(w->fd, w->raw + w->end, sizeof(w->raw) - w->end, MSG_DONTWAIT);
	if (n > 0)
		w->end += (size_t)n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		w->closed = true;
}

/* Sends all of it. An error means that the client has gone. */
static void wire_put(struct wire *w, const char *bytes, size_t n)
{
	while (n && !w->closed) {
		ssize_t k = send(w->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (k > 0) {
			bytes += k;
			n -= (size_t)k;
		} else if (k < 0 && errno == EAGAIN) {
			wire_wait(w, POLLOUT, -1);
		} else if (k < 0 && errno != EINTR) {
			w->closed = true;
		}
	}
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static enum wire_got take_idle(struct wire *w, uint8_t c)
{
	switch (c) {
	case '$':
		w->len = 0;
		w->sum = 0;
		w->too_long = false;
		w->state = WIRE_BODY;
		return WIRE_MORE;
	case '-':
		if (w->acks)
			wire_put(w, w->frame, w->frame_len);
		return WIRE_MORE;
	case INTERRUPT: return WIRE_INTERRUPT;
	default: return WIRE_MORE;
	}
}

static void take_body(struct wire *w, uint8_t c)
{
	if (c == '$' && w->state == WIRE_BODY) { /* the end of the packet before was lost */
		take_idle(w, c);
		return;
	}
	if (c == '#' && w->state == WIRE_BODY) {
		w->state = WIRE_SUM;
		return;
	}
	w->sum = (uint8_t)(w->sum + c);
	if (w->state == WIRE_BODY && c == ESCAPE) {
		w->state = WIRE_ESCAPED;
		return;
	}
	if (w->len == PACKET_MAX)
		w->too_long = true;
	else
		w->packet[w->len++] = (char)(w->state == WIRE_ESCAPED ? c ^ ESCAPE_BIT : c);
	w->state = WIRE_BODY;
}

static enum wire_got take_end(struct wire *w, uint8_t c)
{
	int digit = hex_digit(c);
	bool good = digit >= 0 && (w->sum_sent | digit) == w->sum;

	w->state = WIRE_IDLE;
	if (w->acks)
		wire_put(w, good ? "+" : "-", 1);
	/* Without acknowledgements a packet cannot be asked for again; the socket loses no bytes
	 * anyway. */
	if (!good && w->acks)
		return WIRE_MORE;
	w->packet[w->len] = '\0';
	return w->too_long ? WIRE_TOO_LONG : WIRE_PACKET;
}

static enum wire_got wire_take(struct wire *w, uint8_t c)
{
	switch (w->state) {
	case WIRE_IDLE: return take_idle(w, c);
	case WIRE_BODY:
	case WIRE_ESCAPED: take_body(w, c); return WIRE_MORE;
	case WIRE_SUM:
		w->sum_sent = (uint8_t)((hex_digit(c) & 0xf) << 4);
		w->state = WIRE_SUM2;
		return WIRE_MORE;
	case WIRE_SUM2: return take_end(w, c);
	}
	return WIRE_MORE;
}

enum wire_got gdb_wire_read(struct wire *w)
{
	while (!w->closed) {
		if (w->at == w->end) {
			if (wire_wait(w, POLLIN, -1))
				wire_receive(w);
			continue;
		}
		enum wire_got got = wire_take(w, w->raw[w->at++]);
		if (got != WIRE_MORE)
			return got;
	}
	return WIRE_CLOSED;
}

bool gdb_wire_interrupted(struct wire *w)
{
	bool inside = false;

	if (!w->closed && wire_wait(w, POLLIN, 0))
		wire_receive(w);
	/* A full buffer is not read, so that the end of the stream would not be seen. */
	if (w->end - w->at == sizeof(w->raw) && wire_wait(w, POLLRDHUP, 0))
		w->closed = true;
	/* Packets that arrived early stay for later. The byte counts only between packets. */
	for (size_t i = w->at; i < w->end; i++) {
		uint8_t c = w->raw[i];
		if (c == INTERRUPT && !inside) {
			memmove(w->raw + i, w->raw + i + 1, w->end - i - 1);
			w->end--;
			return true;
		}
		if (c == '$' || c == '#')
			inside = c == '$';
	}
	return w->closed;
}

/* --- to the client --- */

static void frame_byte(struct wire *w, uint8_t c)
{
	if (w->frame_len == w->frame_room) {
		w->frame_room = w->frame_room ? 2 * w->frame_room : 4096;
		w->frame = xrealloc(w->frame, w->frame_room);
	}
	w->frame[w->frame_len++] = (char)c;
	w->frame_sum = (uint8_t)(w->frame_sum + c);
}

#define RUN_MIN 3
#define RUN_MAX 95
#define RUN_BASE 29 /* turns a number of repeats into a printable character */

/* c, n times: itself, then "*" and the number of repeats, which must not look like '#' or '$'. */
static void frame_run(struct wire *w, uint8_t c, size_t n)
{
	while (n) {
		frame_byte(w, c);
		n--;
		if (n < RUN_MIN)
			continue;
		size_t more = n < RUN_MAX ? n : RUN_MAX;
		if (more + RUN_BASE == '#' || more + RUN_BASE == '$')
			more = '#' - RUN_BASE - 1;
		frame_byte(w, '*');
		frame_byte(w, (uint8_t)(more + RUN_BASE));
		n -= more;
	}
}

static bool needs_escape(uint8_t c)
{
	return c == '#' || c == '$' || c == '*' || c == ESCAPE;
}

void gdb_wire_send(struct wire *w, const char *payload, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = (const uint8_t *)payload;

	w->frame_len = 0;
	frame_byte(w, '$');
	w->frame_sum = 0;
	for (size_t i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && p[i + run] == p[i] && !needs_escape(p[i]); run++)
			;
		if (needs_escape(p[i])) {
			frame_byte(w, ESCAPE);
			frame_byte(w, p[i] ^ ESCAPE_BIT);
		} else {
			frame_run(w, p[i], run);
		}
	}
	uint8_t sum = w->frame_sum;
	frame_byte(w, '#');
	frame_byte(w, (uint8_t)digits[sum >> 4]);
	frame_byte(w, (uint8_t)digits[sum & 0xf]);
	wire_put(w, w->frame, w->frame_len);
}
