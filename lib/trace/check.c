#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/reader.h"
#include "util/host.h"

static int copy_check(struct trace_reader *r, const struct trace_map *m)
{
	int fd = trace_open_copy(r, m->copy);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

/* Every event, and every record that an event owns. */
static int events_check(struct trace_reader *r, uint64_t counts[NSTREAMS])
{
	struct trace_event ev;
	struct trace_data d;
	struct trace_map m;
	int rc;

	while ((rc = trace_next(r, &ev)) == 1) {
		counts[STREAM_EVENTS]++;
		for (; (rc = trace_next_data(r, &d)) == 1; counts[STREAM_DATA]++)
			;
		if (rc < 0)
			return -1;
		for (; (rc = trace_next_map(r, &m)) == 1; counts[STREAM_MMAPS]++)
			if ((m.backing == BACKING_COPY || *m.copy) && copy_check(r, &m))
				return -1;
		if (rc < 0)
			return -1;
	}
	return rc;
}

/* What is left of a stream may only be records of an event that was not put any more. */
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
		return reader_fail(r, "%s/%s: event %" PRIu64 ": records that no event owns", r->dir,
				   trace_stream_names[id], rc == 1 ? o->record.event : r->num);
	return 0;
}

/* `version` holds the checksum of the stream as a file. */
static int file_check(struct trace_reader *r, enum trace_stream id)
{
	const char *name = trace_stream_names[id];
	uint64_t size;
	uint32_t crc;

	if (file_crc32(r->streams[id].fd, &size, &crc))
		return reader_fail(r, "%s/%s: %s", r->dir, name, strerror(errno));
	if (size != r->version.sizes[id] || crc != r->version.crcs[id])
		return reader_fail(r, "%s/%s: not the file that `version` tells of", r->dir, name);
	return 0;
}

/* Threads are worth their while where there are some blocks for each. */
static void read_ahead(struct trace_reader *r, bool on)
{
	struct stat st;

	for (enum trace_stream id = 0; id < NSTREAMS; id++)
		if (!on || (!fstat(r->streams[id].fd, &st) && st.st_size > 2 * TRACE_BLOCK_MAX))
			stream_read_ahead(&r->streams[id], on);
}

int trace_check(struct trace_reader *r)
{
	uint64_t counts[NSTREAMS] = {0};

	read_ahead(r, true);
	int rc = trace_seek(r, 1) ? -1 : events_check(r, counts);
	read_ahead(r, false);
	if (rc)
		return -1;
	for (enum trace_stream id = STREAM_DATA; id < STREAM_EVENTS; id++)
		if (rest_check(r, id, counts[id]))
			return -1;
	for (enum trace_stream id = 0; r->complete && id < NSTREAMS; id++)
		if (file_check(r, id))
			return -1;
	return trace_seek(r, 1);
}
