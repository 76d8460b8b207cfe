/* A client of the server for debuggers that tests drive by hand, over a socket pair. */
#ifndef GDB_CLIENT_H
#define GDB_CLIENT_H

#include "debug_fake.h"
#include "gdb/gdb.h"
#include "trace_sample.h"
#include "util/alloc.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_ROOM (1u << 20)
#define WAIT_MS 20000 /* for a byte; a server that needs longer hangs */

static struct client {
	struct gdb *gdb;
	pthread_t server;
	bool serving;
	int fd, server_fd, control[2];
	bool acks;
	char reply[REPLY_ROOM]; /* the last one, NUL-terminated */
	size_t len;
	char console[REPLY_ROOM]; /* text of "O" packets since the last request */
	size_t nconsole;
} client;

static inline int client_byte(void)
{
	struct pollfd p = {.fd = client.fd, .events = POLLIN};
	uint8_t c;

	if (poll(&p, 1, WAIT_MS) <= 0)
		return -2;
	return recv(client.fd, &c, 1, 0) == 1 ? c : -1;
}

static inline void client_raw(const void *bytes, size_t n)
{
	(void)!send(client.fd, bytes, n, MSG_NOSIGNAL);
}

/* Sends "$…#sum", with escapes where necessary. */
static inline void client_send(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	char *frame = xmalloc(2 * n + 4);
	size_t len = 0;
	uint8_t sum = 0;

	frame[len++] = '$';
	for (size_t i = 0; i < n; i++) {
		bool escape = p[i] == '$' || p[i] == '#' || p[i] == '}';
		if (escape)
			frame[len++] = '}';
		frame[len++] = (char)(escape ? p[i] ^ 0x20 : p[i]);
	}
	for (size_t i = 1; i < len; i++)
		sum = (uint8_t)(sum + (uint8_t)frame[i]);
	char end[4];
	snprintf(end, sizeof(end), "#%02x", sum);
	memcpy(frame + len, end, 3);
	client_raw(frame, len + 3);
	free(frame);
}

/* Decodes a frame's body: escapes, and "*n" for repeats. */
static inline void client_put(int c, bool *escaped, bool *repeat)
{
	if (*repeat) {
		for (int n = c - 29; n > 0 && client.len < REPLY_ROOM - 1; n--, client.len++)
			client.reply[client.len] = client.reply[client.len - 1];
		*repeat = false;
	} else if (*escaped) {
		client.reply[client.len++] = (char)(c ^ 0x20);
		*escaped = false;
	} else if (c == '}') {
		*escaped = true;
	} else if (c == '*') {
		*repeat = true;
	} else if (client.len < REPLY_ROOM - 1) {
		client.reply[client.len++] = (char)c;
	}
}

/* Reads the next packet to client.reply. False: the server is gone, or sends nothing or something
 * malformed. */
static inline bool client_packet(void)
{
	bool escaped = false, repeat = false;
	uint8_t sum = 0;
	int c;

	client.len = 0;
	while ((c = client_byte()) == '+' || c == '-')
		;
	if (c != '$')
		return false;
	while ((c = client_byte()) >= 0 && c != '#') {
		if (c == '$')
			return false;
		sum = (uint8_t)(sum + c);
		client_put(c, &escaped, &repeat);
	}
	char sum_sent[3] = {(char)client_byte(), (char)client_byte(), 0};
	client.reply[client.len] = '\0';
	if (client.acks)
		client_raw("+", 1);
	return c == '#' && strtoul(sum_sent, NULL, 16) == sum;
}

static inline void client_console(void)
{
	for (size_t i = 1; i + 1 < client.len; i += 2) {
		char two[3] = {client.reply[i], client.reply[i + 1], 0};
		client.console[client.nconsole++] = (char)strtoul(two, NULL, 16);
	}
	client.console[client.nconsole] = '\0';
}

/* The reply, after console output; "(gone)" if there is none. */
static inline const char *client_answer(void)
{
	client.nconsole = 0;
	client.console[0] = '\0';
	for (;;) {
		if (!client_packet())
			return "(gone)";
		if (client.reply[0] != 'O' || !strcmp(client.reply, "OK"))
			return client.reply;
		client_console();
	}
}

static inline const char *ask_bytes(const void *bytes, size_t n)
{
	client_send(bytes, n);
	return client_answer();
}

static inline const char *ask(const char *packet)
{
	return ask_bytes(packet, strlen(packet));
}

/* The output of `monitor COMMAND`. */
static inline const char *ask_monitor(const char *command)
{
	char *packet = xmalloc(16 + 2 * strlen(command));
	size_t n = (size_t)sprintf(packet, "qRcmd,");

	for (const char *c = command; *c; c++)
		n += (size_t)sprintf(packet + n, "%02x", (uint8_t)*c);
	const char *reply = ask(packet);
	free(packet);
	return strcmp(reply, "OK") ? reply : client.console;
}

static void *client_serve(void *arg)
{
	(void)arg;
	gdb_serve_client(client.gdb, client.server_fd);
	close(client.server_fd);
	return NULL;
}

static inline void client_connect(void)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		err(2, "socketpair");
	client.fd = fds[0];
	client.server_fd = fds[1];
	client.acks = true;
	client.serving = pthread_create(&client.server, NULL, client_serve, NULL) == 0;
}

/* Disconnects, and waits until the server has seen it. */
static inline void client_disconnect(void)
{
	close(client.fd);
	if (client.serving)
		pthread_join(client.server, NULL);
	client.serving = false;
}

static inline void client_open(const struct gdb_options *o)
{
	struct gdb_options options = *o;

	if (pipe2(client.control, O_CLOEXEC))
		err(2, "pipe");
	options.control = client.control[0];
	fake.endless = fake.trouble = false;
	fake.polls = 0;
	client.gdb = gdb_open(&options);
}

static inline void client_close(void)
{
	gdb_close(client.gdb);
	close(client.control[0]);
	close(client.control[1]);
}

/* The features with which gdb begins. */
#define GDB_FEATURES \
	"qSupported:multiprocess+;swbreak+;hwbreak+;fork-events+;vfork-events+;exec-events+;vContSupported+"

static inline void client_hello(void)
{
	ask(GDB_FEATURES);
	ask("QStartNoAckMode");
	client.acks = false;
}

#endif
