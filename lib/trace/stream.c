#include "trace/stream.h"

#include "trace/readahead.h"
#include "trace/record_codec.h"
#include "util/array.h"
#include "util/deflate.h"
#include "util/file_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 3.5 MiB of them at most. */
#define MAX_MARKS (1u << 16)

void stream_init(struct stream *s, enum trace_stream id, int fd)
{
	memset(s, 0, sizeof(*s));
	s->id = id;
	s->fd = fd;
	s->next.event = s->frontier.event = 1;
	s->stride = 1;
	s->codec = codec_new(id);
	s->z = inflater_new();
}

void stream_free(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	codec_free(s->codec);
	inflater_free(s->z);
	free(s->marks);
	block_bytes_free(&s->bytes);
	ahead_free(s->ahead);
}

void stream_set_size(struct stream *s, uint64_t size)
{
	s->whole = true;
	s->size = size;
}

static int stream_fault(struct stream *s, uint64_t offset, const char *fault)
{
	s->fault = fault;
	s->fault_offset = offset;
	return -1;
}

/* The error of a file that ends within the block at `offset`. */
static int stream_short(struct stream *s, uint64_t offset)
{
	return s->whole ? stream_fault(s, offset, "cut short") : 0;
}

/* --- headers ---- */

static struct stream_pos pos_after(const struct stream_pos *pos, const struct block_header *h)
{
	return (struct stream_pos){
		.offset = pos->offset + TRACE_BLOCK_HEADER + h->stored_len,
		.event = h->first_event + (h->stream == STREAM_EVENTS ? h->count : 0),
		.records = pos->records + h->count,
		.seq = pos->seq + 1,
	};
}

/* Drops every second mark when there are too many. */
static void marks_thin(struct stream *s)
{
	for (uint32_t i = 0; 2 * i < s->nmarks; i++)
		s->marks[i] = s->marks[2 * i];
	s->nmarks = (s->nmarks + 1) / 2;
	s->stride *= 2;
}

static void block_seen(struct stream *s, const struct stream_pos *pos, const struct block_header *h)
{
	if (pos->offset != s->frontier.offset)
		return;
	s->frontier = pos_after(pos, h);
	if (pos->seq % s->stride)
		return;
	if (s->nmarks == MAX_MARKS)
		marks_thin(s);
	if (pos->seq % s->stride)
		return;
	*ARRAY_ADD(s->marks, s->nmarks) = (struct stream_mark){*pos, h->first_event};
}

/* Checks that the block can follow those before it. */
static const char *header_misfit(const struct stream_pos *pos, const struct block_header *h)
{
	uint64_t records = pos->records + h->count;

	if (h->seq != pos->seq)
		return "a block is missing";
	if (h->stream == STREAM_EVENTS ? h->first_event != pos->event : h->first_event < pos->event)
		return "block out of order";
	if ((h->stream == STREAM_DATA && h->data_end != records) ||
	    (h->stream == STREAM_MMAPS && h->mmaps_end != records))
		return "block with a wrong count of records";
	return NULL;
}

/* 1, and how many bytes a reader may look at. */
static int stream_extent(struct stream *s, uint64_t *size)
{
	struct stat st;

	if (fstat(s->fd, &st))
		return stream_fault(s, 0, strerror(errno));
	*size = s->whole ? s->size : (uint64_t)st.st_size;
	return 1;
}

/* The result of a read that got `got` of n bytes: 1 for all, 0 if the file ends before. */
static int stream_got(struct stream *s, ssize_t got, size_t n, uint64_t offset)
{
	if (got < 0)
		return stream_fault(s, offset, strerror(errno));
	return (size_t)got == n ? 1 : stream_short(s, offset);
}

static int stream_bytes(struct stream *s, void *buffer, size_t n, uint64_t offset)
{
	return stream_got(s, pread_all(s->fd, buffer, n, offset), n, offset);
}

static int payload_read(struct stream *s, uint64_t offset, const struct block_header *h)
{
	return stream_got(s, block_read(s->fd, offset, h, &s->bytes), h->stored_len, offset);
}

/* After a power cut the last block of a recording may have its length, but not its bytes. */
static int last_block_check(struct stream *s, const struct stream_pos *pos,
			    const struct block_header *h)
{
	uint64_t end = pos->offset + TRACE_BLOCK_HEADER + h->stored_len;

	if (end <= s->sound)
		return 1;
	int rc = payload_read(s, pos->offset, h);
	if (rc != 1)
		return rc;
	if (block_sound(h, &s->bytes))
		return 0;
	s->sound = end;
	return 1;
}

static bool all_zero(const uint8_t *bytes, size_t n)
{
	while (n && !bytes[n - 1])
		n--;
	return n == 0;
}

int stream_peek(struct stream *s, const struct stream_pos *pos, struct block_header *h)
{
	uint64_t size;
	int rc;

	if (stream_extent(s, &size) < 0)
		return -1;
	if (pos->offset == size)
		return 0;
	if (pos->offset > size || size - pos->offset < sizeof(s->head))
		return stream_short(s, pos->offset);
	if ((rc = stream_bytes(s, s->head, sizeof(s->head), pos->offset)) != 1)
		return rc;
	const char *why = block_header_parse(h, s->id, s->head);
	if (why && !s->whole && all_zero(s->head, sizeof(s->head)))
		return 0;
	if (why || (why = header_misfit(pos, h)))
		return stream_fault(s, pos->offset, why);

	uint64_t left = size - pos->offset - sizeof(s->head);
	if (h->stored_len > left)
		return stream_short(s, pos->offset);
	if (!s->whole && h->stored_len == left && (rc = last_block_check(s, pos, h)) != 1)
		return rc;
	block_seen(s, pos, h);
	return 1;
}

int stream_reaches(struct stream *s, uint64_t records)
{
	while (s->frontier.records < records) {
		struct stream_pos pos = s->frontier;
		struct block_header h;
		int rc = stream_peek(s, &pos, &h);
		if (rc != 1)
			return rc;
	}
	return 1;
}

int stream_skip(struct stream *s, uint64_t event)
{
	struct block_header h;
	int rc = stream_peek(s, &s->next, &h);

	while (rc == 1) {
		struct stream_pos after = pos_after(&s->next, &h);
		if (s->id == STREAM_EVENTS && event < after.event)
			return 1;
		rc = stream_peek(s, &after, &h);
		/* Records of one event may begin at the end of a block and continue in others. */
		if (s->id != STREAM_EVENTS && (rc != 1 || h.first_event >= event))
			return 1;
		s->next = after;
	}
	return rc;
}

int stream_find(struct stream *s, uint64_t event)
{
	size_t mark = ARRAY_SEARCH(i, s->nmarks, s->marks[i].first_event >= event);

	s->left = s->header.count = s->passed = 0;
	if (mark)
		s->next = s->marks[mark - 1].pos;
	else
		s->next = (struct stream_pos){.event = 1};
	return stream_skip(s, event);
}

/* --- the block in memory ---- */

void stream_rewind(struct stream *s)
{
	s->p = s->bytes.raw;
	s->left = s->header.count;
	codec_reset(s->codec, s->header.first_event);
}

void stream_read_ahead(struct stream *s, bool on)
{
	ahead_free(s->ahead);
	s->ahead = on ? ahead_new(s->fd) : NULL;
}

/* Queues the blocks after the one at s->next. Faults of them are found when they are loaded. */
static void ask_ahead(struct stream *s)
{
	struct block_header h;

	if (ahead_empty(s->ahead))
		s->asked = s->next;
	while (ahead_room(s->ahead) && stream_peek(s, &s->asked, &h) == 1) {
		ahead_add(s->ahead, s->asked.offset, &h);
		s->asked = pos_after(&s->asked, &h);
	}
}

/* Reads the block at s->next, which has this header, into s->bytes. */
static int block_load(struct stream *s, const struct block_header *h)
{
	if (s->ahead && ahead_take(s->ahead, s->next.offset, &s->bytes))
		return 1;
	int rc = payload_read(s, s->next.offset, h);
	if (rc != 1)
		return rc;
	const char *why = block_unpack(s->z, h, &s->bytes);
	return why ? stream_fault(s, s->next.offset, why) : 1;
}

int stream_load(struct stream *s)
{
	struct block_header h;
	int rc = stream_peek(s, &s->next, &h);

	s->left = s->header.count = 0;
	if (rc != 1 || (rc = block_load(s, &h)) != 1)
		return rc;
	s->header = h;
	s->offset = s->next.offset;
	s->next = pos_after(&s->next, &h);
	if (s->ahead)
		ask_ahead(s);
	stream_rewind(s);
	return 1;
}

int stream_pass(struct stream *s, struct block_header *h)
{
	int rc = stream_peek(s, &s->next, h);

	if (rc != 1 || (rc = payload_read(s, s->next.offset, h)) != 1)
		return rc;
	const char *why = block_sound(h, &s->bytes);
	if (why)
		return stream_fault(s, s->next.offset, why);
	s->passed = crc32_add(s->passed, s->head, sizeof(s->head));
	s->passed = crc32_add(s->passed, s->bytes.stored, h->stored_len);
	s->next = pos_after(&s->next, h);
	return 1;
}

int stream_get(struct stream *s, void *record)
{
	if (!s->left)
		return 0;
	const uint8_t *end = s->bytes.raw + s->header.raw_len;
	const char *why = codec_get(s->codec, &s->p, end, record);
	if (!why && --s->left == 0 && s->p != end)
		why = "bytes after the last record of a block";
	if (!why)
		return 1;
	s->left = s->header.count = 0;
	return stream_fault(s, s->offset, why);
}
