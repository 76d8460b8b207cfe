#include "trace/block.h"

#include "trace/trace.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x6b6c4272u
/* An upper bound for bytes that cannot be compressed: zlib and libdeflate then store them in
 * pieces. */
#define STORED_BOUND(raw_len) ((raw_len) + (raw_len) / 512 + 64)

const char *const trace_stream_names[NSTREAMS] = {"data", "mmaps", "events"};

/* The number of each stream in a header. */
static const uint8_t stream_numbers[NSTREAMS] = {
	[STREAM_EVENTS] = 0, [STREAM_MMAPS] = 1, [STREAM_DATA] = 2};

static void put_le(uint8_t *p, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_le(const uint8_t *p, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

size_t block_bound(size_t raw_len)
{
	return TRACE_BLOCK_HEADER + STORED_BOUND(raw_len);
}

/* Covers all of the header but the checksum itself, which comes last. */
static uint32_t header_crc(const uint8_t *bytes)
{
	return crc32_add(0, bytes, TRACE_BLOCK_HEADER - 4);
}

size_t block_seal(struct block_header *h, uint8_t *out)
{
	enum trace_stream stream = h->stream;

	h->magic = MAGIC;
	h->zero = 0;
	h->zero2 = 0;
	h->payload_crc = crc32_add(0, out + TRACE_BLOCK_HEADER, h->stored_len);
	h->stream = stream_numbers[stream];
#define PUT(name, offset, size) put_le(out + (offset), h->name, size);
	TRACE_BLOCK(PUT)
#undef PUT
	h->stream = stream;
	put_le(out + TRACE_BLOCK_HEADER - 4, header_crc(out), 4);
	return TRACE_BLOCK_HEADER + h->stored_len;
}

size_t block_pack(struct deflater *z, struct block_header *h, const uint8_t *raw, uint8_t *out)
{
	h->stored_len = (uint32_t)deflater_run(z, raw, h->raw_len, out + TRACE_BLOCK_HEADER,
					       STORED_BOUND(h->raw_len));
	assert(h->stored_len);
	return block_seal(h, out);
}

const char *block_header_parse(struct block_header *h, enum trace_stream stream,
			       const uint8_t *bytes)
{
#define GET(name, offset, size) h->name = (__typeof__(h->name))get_le(bytes + (offset), size);
	TRACE_BLOCK(GET)
#undef GET
	if (h->magic != MAGIC)
		return "no block begins here";
	if (h->header_crc != header_crc(bytes))
		return "wrong checksum of the block's header";
	if (h->stream != stream_numbers[stream])
		return "a block of another stream";
	h->stream = stream;
	if (h->zero || h->zero2)
		return "unknown fields in the block's header";
	if (!h->count || !h->raw_len || h->count > h->raw_len || !h->first_event)
		return "empty block";
	if (h->raw_len > TRACE_BLOCK_MAX || h->stored_len > STORED_BOUND(h->raw_len))
		return "block too long";
	return NULL;
}

static uint8_t *room(uint8_t **buffer, size_t *have, size_t need)
{
	if (*have < need) {
		free(*buffer);
		*buffer = xmalloc(need);
		*have = need;
	}
	return *buffer;
}

ssize_t block_read(int fd, uint64_t offset, const struct block_header *h, struct block_bytes *b)
{
	return pread_all(fd, room(&b->stored, &b->stored_room, h->stored_len), h->stored_len,
			 offset + TRACE_BLOCK_HEADER);
}

const char *block_sound(const struct block_header *h, const struct block_bytes *b)
{
	return crc32_add(0, b->stored, h->stored_len) == h->payload_crc
		       ? NULL
		       : "wrong checksum of the block's payload";
}

const char *block_unpack(struct inflater *z, const struct block_header *h, struct block_bytes *b)
{
	uint8_t *raw = room(&b->raw, &b->raw_room, h->raw_len);
	const char *why = block_sound(h, b);

	if (why)
		return why;
	return inflater_run(z, b->stored, h->stored_len, raw, h->raw_len)
		       ? NULL
		       : "the block does not inflate to its length";
}

void block_bytes_free(struct block_bytes *b)
{
	free(b->stored);
	free(b->raw);
}
