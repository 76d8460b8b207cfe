/* One block of a stream: its header and its compressed payload (formats/trace). Private to
 * lib/trace. */
#ifndef RR_TRACE_BLOCK_H
#define RR_TRACE_BLOCK_H

#include "gen/trace_format.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* In the order in which an event's records must reach the disk: the event last. */
enum trace_stream { STREAM_DATA, STREAM_MMAPS, STREAM_EVENTS, NSTREAMS };
extern const char *const trace_stream_names[NSTREAMS];

struct block_header {
	uint32_t magic;
	uint8_t stream, zero;
	uint16_t zero2;
	uint32_t seq, count;
	uint64_t first_event;
	uint64_t mmaps_end, data_end;
	uint32_t raw_len, stored_len;
	uint32_t payload_crc, header_crc;
};

/* The payload of a block as it is in the file, and inflated. */
struct block_bytes {
	uint8_t *stored, *raw;
	size_t stored_room, raw_room; /* allocated bytes */
};

/* Bytes that hold the header and payload of a block of `raw_len` raw bytes, even if it cannot be
 * compressed. */
size_t block_bound(size_t raw_len);
/* Fills in what the payload determines (magic, stored_len, checksums) and writes header and payload
 * to `out`; returns their length. */
struct deflater;
size_t block_pack(struct deflater *z, struct block_header *h, const uint8_t *raw, uint8_t *out);
/* The same for a payload that is in `out` already: h->stored_len bytes after the header's place. */
size_t block_seal(struct block_header *h, uint8_t *out);

/* These three return NULL, or what is wrong. `bytes` are TRACE_BLOCK_HEADER. */
const char *block_header_parse(struct block_header *h, enum trace_stream stream,
			       const uint8_t *bytes);
/* Whether b->stored has the recorded checksum. */
const char *block_sound(const struct block_header *h, const struct block_bytes *b);
/* The same, and inflates b->stored to b->raw. */
struct inflater;
const char *block_unpack(struct inflater *z, const struct block_header *h, struct block_bytes *b);

/* Reads the payload of the block at `offset` to b->stored. Returns how many of its bytes the file
 * has, or -1 with errno. */
ssize_t block_read(int fd, uint64_t offset, const struct block_header *h, struct block_bytes *b);
void block_bytes_free(struct block_bytes *b);

#endif
