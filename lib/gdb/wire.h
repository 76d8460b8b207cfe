/* Packets over a socket: "$payload#checksum", escapes, run-length encoding, acknowledgements (gdb's
 * manual, "Remote Protocol", "Overview"). Private to lib/gdb. */
#ifndef RR_GDB_WIRE_H
#define RR_GDB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes of a packet on the wire: the PacketSize that the server announces. */
#define PACKET_MAX (128u << 10)

enum wire_got { WIRE_MORE, WIRE_PACKET, WIRE_INTERRUPT, WIRE_TOO_LONG, WIRE_CLOSED };

struct wire {
	int fd, control;
	bool closed;
	bool acks; /* packets are acknowledged, until the client turns that off */

	/* Private from here on. Received bytes that have not been looked at: [at, end). */
	uint8_t raw[16384];
	size_t at, end;
	/* The packet being read; a NUL follows it once it is whole. */
	char *packet;
	size_t len;
	enum {
		WIRE_IDLE,    /* between packets */
		WIRE_BODY,    /* after '$' */
		WIRE_ESCAPED, /* after '}' */
		WIRE_SUM,     /* after '#' */
		WIRE_SUM2
	} state;
	bool too_long;
	uint8_t sum, sum_sent; /* of the bytes received; as the client sent it */
	/* The last packet sent, kept in case the client asks for it again. */
	char *frame;
	size_t frame_len, frame_room;
	uint8_t frame_sum;
};

/* control: as in gdb_options. Neither descriptor is closed. */
void gdb_wire_init(struct wire *w, int fd, int control);
void gdb_wire_free(struct wire *w);
/* Waits until there is a packet (w->packet, w->len bytes, escapes undone), or one of the others. */
enum wire_got gdb_wire_read(struct wire *w);
/* Sends a packet of any bytes. */
void gdb_wire_send(struct wire *w, const char *payload, size_t n);
/* Whether the client has asked to stop what runs, or has gone. Does not wait. */
bool gdb_wire_interrupted(struct wire *w);

#endif
