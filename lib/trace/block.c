#include "trace/block.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "trace/trace.h"

#define MAGIC 0x6b6c4272u

const char *const trace_stream_names[NSTREAMS] = {"data", "mmaps", "events"};

/* The number of each stream in a header. */
static const uint8_t stream_numbers[NSTREAMS] = {[STREAM_EVENTS] = 0, [STREAM_MMAPS] = 1, [STREAM_DATA] = 2};

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
	return TRACE_BLOCK_HEADER + compressBound(raw_len);
}

/* All but the checksum of the header itself, which comes last. */
static uint32_t header_crc(const uint8_t *bytes)
{
	return (uint32_t)crc32(0, bytes, TRACE_BLOCK_HEADER - 4);
}

size_t block_seal(struct block_header *h, uint8_t *out)
{
	enum trace_stream stream = h->stream;

	h->magic = MAGIC;
	h->zero = 0;
	h->zero2 = 0;
	h->payload_crc = (uint32_t)crc32(0, out + TRACE_BLOCK_HEADER, h->stored_len);
	h->stream = stream_numbers[stream];
#define PUT(name, offset, size) put_le(out + (offset), h->name, size);
	TRACE_BLOCK(PUT)
#undef PUT
	h->stream = stream;
	put_le(out + TRACE_BLOCK_HEADER - 4, header_crc(out), 4);
	return TRACE_BLOCK_HEADER + h->stored_len;
}

size_t block_pack(z_stream *z, struct block_header *h, const uint8_t *raw, uint8_t *out)
{
	size_t bound = block_bound(h->raw_len);

	deflateReset(z);
	z->next_in = (uint8_t *)raw;
	z->avail_in = h->raw_len;
	z->next_out = out + TRACE_BLOCK_HEADER;
	z->avail_out = (unsigned)(bound - TRACE_BLOCK_HEADER);
	int rc = deflate(z, Z_FINISH);
	assert(rc == Z_STREAM_END);
	(void)rc;
	h->stored_len = (uint32_t)z->total_out;
	return block_seal(h, out);
}

const char *block_header_parse(struct block_header *h, enum trace_stream stream, const uint8_t *bytes)
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
	if (h->raw_len > TRACE_BLOCK_MAX || h->stored_len > compressBound(TRACE_BLOCK_MAX))
		return "block too long";
	return NULL;
}

const char *block_unpack(z_stream *z, const struct block_header *h, const uint8_t *stored, uint8_t *raw)
{
	if (crc32(0, stored, h->stored_len) != h->payload_crc)
		return "wrong checksum of the block's payload";
	inflateReset(z);
	inflateValidate(z, 0); /* its own checksum says no more */
	z->next_in = (uint8_t *)stored;
	z->avail_in = h->stored_len;
	z->next_out = raw;
	z->avail_out = h->raw_len;
	if (inflate(z, Z_FINISH) != Z_STREAM_END || z->avail_in || z->avail_out)
		return "the block does not inflate to its length";
	return NULL;
}
