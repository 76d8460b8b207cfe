/* Packets over a socket: "$payload#checksum", escapes, run-length encoding, acknowledgements.
 * Private to lib/gdb. */
#ifndef RR_WIRE_H
#define RR_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a packet as it comes, at most: the PacketSize that the client is told. */
#define PACKET_MAX (128u << 10)

enum wire_got { WIRE_MORE, WIRE_PACKET, WIRE_INTERRUPT, WIRE_TOO_LONG, WIRE_CLOSED };

struct wire {
	int fd, control;
	bool closed;
	bool acks; /* acknowledgements are still made */

	/* private: what has come and was not looked at */
	uint8_t raw[16384];
	size_t at, end;
	/* the packet being read; when whole, NUL behind it */
	char *packet;
	size_t len;
	enum { WIRE_IDLE, WIRE_BODY, WIRE_ESCAPED, WIRE_SUM, WIRE_SUM2 } state;
	bool too_long;
	uint8_t sum, told;
	/* the last sent, to be sent again */
	char *frame;
	size_t frame_len, frame_room;
	uint8_t frame_sum;
};

/* control: see gdb_options. */
void wire_init(struct wire *w, int fd, int control);
void wire_free(struct wire *w);
/* Waits for a packet, w->packet and w->len, escapes undone, or for one of the others. */
enum wire_got wire_read(struct wire *w);
/* Any bytes. */
void wire_send(struct wire *w, const char *payload, size_t n);
/* Without waiting: has the client asked to stop what runs, or gone? */
bool wire_interrupted(struct wire *w);

#endif
