#include "trace/reader.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/content.h"
#include "util/host.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_fail(struct trace_reader *r, const struct trace_map *m, const char *why)
{
	return reader_fail(r, "%s/files/%s: damaged: %s", r->dir, m->copy, why);
}

static int contents_check(struct trace_reader *r, const struct trace_map *m, int fd)
{
	uint8_t digest[CONTENT_DIGITS / 2];
	char name[CONTENT_DIGITS + 1];
	struct stat st;
	const char *why;

	if (fstat(fd, &st))
		return copy_fail(r, m, strerror(errno));
	if (m->copy_sum && (uint64_t)st.st_size != m->copy_size)
		return copy_fail(r, m, "not of the recorded size");
	if (m->copy_sum || content_is_name(m->copy)) {
		if (content_digest(fd, (uint64_t)st.st_size, digest, NULL, NULL))
			return copy_fail(r, m, strerror(errno));
		content_name(digest, name);
		if (m->copy_sum && content_sum(digest) != m->copy_sum)
			return copy_fail(r, m, "it does not have the recorded contents");
		if (content_is_name(m->copy) && strcmp(name, m->copy) != 0)
			return copy_fail(r, m, "it does not have the contents that its name says");
	}
	if (m->backing == BACKING_CODE && r->code && (why = r->code(fd)))
		return copy_fail(r, m, why);
	return 0;
}

/* Whether this copy has been checked. Notes it. */
static bool was_checked(struct trace_reader *r, const struct trace_map *m)
{
	size_t at = ARRAY_SEARCH(i, r->nchecked, strcmp(r->checked[i].name, m->copy) >= 0);
	struct checked_copy *c = r->checked + at;

	if (at < r->nchecked && strcmp(c->name, m->copy) == 0) {
		bool same = c->size == m->copy_size && c->sum == m->copy_sum;
		c->size = m->copy_size;
		c->sum = m->copy_sum;
		return same;
	}
	ARRAY_ADD(r->checked, r->nchecked);
	c = r->checked + at;
	memmove(c + 1, c, (r->nchecked - 1 - at) * sizeof(*c));
	*c = (struct checked_copy){xstrdup(m->copy), m->copy_size, m->copy_sum};
	return false;
}

static int copy_check(struct trace_reader *r, const struct trace_map *m)
{
	if (was_checked(r, m))
		return 0;
	int fd = trace_open_copy(r, m->copy);
	if (fd < 0)
		return -1;
	int rc = contents_check(r, m, fd);
	close(fd);
	return rc;
}

static void checked_free(struct trace_reader *r)
{
	for (size_t i = 0; i < r->nchecked; i++)
		free(r->checked[i].name);
	free(r->checked);
	r->checked = NULL;
	r->nchecked = 0;
}

void trace_check_code(struct trace_reader *r, const char *(*code)(int fd))
{
	r->code = code;
}

/* Checks the blocks of data whose records are among the first `records`; the event just read owns
 * the last of these. The headers say which event owns a record. */
static int data_pass(struct trace_reader *r, uint64_t records)
{
	struct stream *s = &r->streams[STREAM_DATA];
	struct block_header h;

	while (s->next.records < records) {
		uint64_t offset = s->next.offset;
		int rc = stream_pass(s, &h);
		if (rc < 0)
			return reader_stream_fail(r, STREAM_DATA, r->num);
		if (rc == 0 || h.first_event != r->num)
			return reader_fail(r, "%s/data: offset %" PRIu64 ", event %" PRIu64 ": %s",
					   r->dir, offset, r->num,
					   rc ? "a block of other events' records"
					      : "its records are missing");
	}
	return 0;
}

static int data_check(struct trace_reader *r, const struct trace_event *ev, bool quick,
		      uint64_t *count)
{
	struct trace_data d;
	int rc;

	if (quick)
		return data_pass(r, *count += ev->ndata);
	for (; (rc = trace_next_data(r, &d)) == 1; ++*count)
		;
	return rc;
}

static int maps_check(struct trace_reader *r, uint64_t *count)
{
	struct trace_map m;
	int rc;

	for (; (rc = trace_next_map(r, &m)) == 1; ++*count)
		if ((m.backing == BACKING_COPY || *m.copy) && copy_check(r, &m))
			return -1;
	return rc;
}

/* Checks every event, and every record that an event owns. */
static int events_check(struct trace_reader *r, bool quick, uint64_t counts[NSTREAMS])
{
	struct trace_event ev;
	int rc;

	while ((rc = trace_next(r, &ev)) == 1) {
		counts[STREAM_EVENTS]++;
		if (data_check(r, &ev, quick, &counts[STREAM_DATA]) ||
		    maps_check(r, &counts[STREAM_MMAPS]))
			return -1;
	}
	return rc;
}

/* What follows in a stream may only be records of an event that was never put. */
static int rest_check(struct trace_reader *r, enum trace_stream id, uint64_t count)
{
	struct owned *o = &r->owned[id];
	int rc;

	for (r->num++; (rc = reader_hold(r, id)) == 1 && o->record.event == r->num; count++)
		o->held = false;
	r->num--;
	if (rc < 0)
		return r->complete ? reader_stream_fail(r, id, r->num) : 0;
	if (r->complete && (rc == 1 || count != r->streams[id].next.records))
		return reader_fail(r, "%s/%s: event %" PRIu64 ": records that no event owns",
				   r->dir, trace_stream_names[id],
				   rc == 1 ? o->record.event : r->num);
	return 0;
}

/* The same for blocks of data. */
static int data_rest_check(struct trace_reader *r, uint64_t count)
{
	struct stream *s = &r->streams[STREAM_DATA];
	struct block_header h;
	int rc;

	if (!r->complete)
		return 0;
	if ((rc = stream_pass(s, &h)) < 0)
		return reader_stream_fail(r, STREAM_DATA, r->num);
	if (rc == 1 || count != s->next.records)
		return reader_fail(r, "%s/data: event %" PRIu64 ": records that no event owns",
				   r->dir, rc ? h.first_event : r->num);
	return 0;
}

/* `version` holds the checksum of the stream as a file. */
static int file_check(struct trace_reader *r, enum trace_stream id, bool passed)
{
	const char *name = trace_stream_names[id];
	uint64_t size = r->streams[id].next.offset;
	uint32_t crc = r->streams[id].passed;

	if (!passed && file_crc32(r->streams[id].fd, &size, &crc))
		return reader_fail(r, "%s/%s: %s", r->dir, name, strerror(errno));
	if (size != r->version.sizes[id] || crc != r->version.crcs[id])
		return reader_fail(r, "%s/%s: not the file that `version` describes", r->dir, name);
	return 0;
}

/* Threads are worth starting only if there are several blocks for each. */
static void read_ahead(struct trace_reader *r, bool quick, bool on)
{
	struct stat st;

	for (enum trace_stream id = quick ? STREAM_DATA + 1 : 0; id < NSTREAMS; id++)
		if (!on || (!fstat(r->streams[id].fd, &st) && st.st_size > 2 * TRACE_BLOCK_MAX))
			stream_read_ahead(&r->streams[id], on);
}

int trace_check(struct trace_reader *r, bool quick)
{
	uint64_t counts[NSTREAMS] = {0};

	read_ahead(r, quick, true);
	int rc = trace_seek(r, 1);
	if (quick)
		/* faults are found when this block is checked */
		stream_find(&r->streams[STREAM_DATA], 1);
	if (!rc)
		rc = events_check(r, quick, counts);
	checked_free(r);
	read_ahead(r, quick, false);
	if (rc)
		return -1;
	for (enum trace_stream id = STREAM_DATA; id < STREAM_EVENTS; id++)
		if (quick && id == STREAM_DATA ? data_rest_check(r, counts[id])
					       : rest_check(r, id, counts[id]))
			return -1;
	for (enum trace_stream id = 0; r->complete && id < NSTREAMS; id++)
		if (file_check(r, id, quick && id == STREAM_DATA))
			return -1;
	return trace_seek(r, 1);
}
