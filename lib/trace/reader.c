#include "trace/reader.h"

#include <inttypes.h>
#include <sys/stat.h>

int reader_stream_fail(struct trace_reader *r, enum trace_stream id, uint64_t event)
{
	const struct stream *s = &r->streams[id];

	return reader_fail(r, "%s/%s: offset %" PRIu64 ", event %" PRIu64 ": %s", r->dir,
			   trace_stream_names[id], s->fault_offset, event, s->fault);
}

/* --- events ---- */

/* The number of the event that stream_get() would return. */
static uint64_t event_coming(const struct stream *s)
{
	return s->left ? s->header.first_event + (s->header.count - s->left) : s->next.event;
}

/* Checks that nothing follows what `version` counts. */
static int ends_check(struct trace_reader *r)
{
	const struct stream *events = &r->streams[STREAM_EVENTS];
	struct stat st;

	if (events->next.event - 1 != r->version.events)
		return reader_fail(r,
				   "%s/events: event %" PRIu64
				   ": the end, but `version` counts %" PRIu64 " events",
				   r->dir, events->next.event, r->version.events);
	for (unsigned i = 0; i < NSTREAMS; i++)
		if (fstat(r->streams[i].fd, &st) == 0 &&
		    (uint64_t)st.st_size != r->version.sizes[i])
			return reader_fail(r,
					   "%s/%s: offset %" PRIu64 ", event %" PRIu64 ": %" PRIu64
					   " bytes, but `version` says %" PRIu64,
					   r->dir, trace_stream_names[i], (uint64_t)st.st_size,
					   events->next.event, (uint64_t)st.st_size,
					   r->version.sizes[i]);
	return 0;
}

/* Loads the next block of events. 1; the end: 0; -1. Without `version`, a block whose events'
 * records did not reach the disk is the end, too. */
static int events_load(struct trace_reader *r)
{
	struct stream *s = &r->streams[STREAM_EVENTS];
	const struct {
		enum trace_stream id;
		size_t end;
	} needs[] = {{STREAM_DATA, offsetof(struct block_header, data_end)},
		     {STREAM_MMAPS, offsetof(struct block_header, mmaps_end)}};
	struct block_header h;
	int rc = stream_peek(s, &s->next, &h);

	for (unsigned i = 0; rc == 1 && !r->complete && i < 2; i++) {
		rc = stream_reaches(&r->streams[needs[i].id],
				    *(uint64_t *)((char *)&h + needs[i].end));
		if (rc < 0)
			return reader_stream_fail(r, needs[i].id, s->next.event);
	}
	if (rc == 1)
		rc = stream_load(s);
	return rc < 0 ? reader_stream_fail(r, STREAM_EVENTS, s->next.event) : rc;
}

/* Like events_load(), but looks for `version` at the end. */
static int events_more(struct trace_reader *r)
{
	for (;;) {
		bool complete = r->complete;
		int rc = events_load(r);
		if (rc)
			return rc;
		if (complete)
			return ends_check(r);
		if (!r->follow || (rc = reader_version(r)) <= 0)
			return r->follow ? rc : 0;
		/* `version` has just appeared: events may have been written before it that we have
		 * missed. */
	}
}

static void owned_reset(struct trace_reader *r, bool moved)
{
	for (unsigned i = 0; i < NSTREAMS; i++) {
		r->owned[i].left = 0;
		if (moved)
			r->owned[i].found = r->owned[i].held = false;
	}
}

int trace_next(struct trace_reader *r, struct trace_event *ev)
{
	struct stream *s = &r->streams[STREAM_EVENTS];
	int rc;

	owned_reset(r, false);
	if (r->failed)
		return -1;
	if (!s->left && (rc = events_more(r)) != 1)
		return rc;
	uint64_t num = event_coming(s);
	if (stream_get(s, ev) < 0) {
		r->failed = true;
		return reader_stream_fail(r, STREAM_EVENTS, num);
	}
	ev->num = r->num = num;
	r->tid = ev->tid;
	r->owned[STREAM_DATA].left = ev->ndata;
	r->owned[STREAM_MMAPS].left = ev->nmaps;
	return 1;
}

int trace_seek(struct trace_reader *r, uint64_t num)
{
	struct stream *s = &r->streams[STREAM_EVENTS];
	struct trace_event ev;
	int rc = 1;

	r->failed = false;
	owned_reset(r, true);
	if (s->header.count && num >= s->header.first_event &&
	    num - s->header.first_event < s->header.count) {
		if (num < event_coming(s) || !s->left)
			stream_rewind(s);
	} else if ((rc = stream_find(s, num)) == 1) {
		rc = events_load(r);
		if (rc < 0)
			return -1;
	}
	while (rc == 1 && event_coming(s) < num)
		rc = stream_get(s, &ev) == 1 ? 1 : -1;
	if (rc < 0) {
		r->failed = true;
		return reader_stream_fail(r, STREAM_EVENTS, num);
	}
	r->num = event_coming(s) - 1;
	return 0;
}

/* --- the records they own ---- */

int reader_hold(struct trace_reader *r, enum trace_stream id)
{
	struct stream *s = &r->streams[id];
	struct owned *o = &r->owned[id];
	int rc;

	if (!o->found) {
		o->held = false;
		if (stream_find(s, r->num) < 0)
			return -1;
		o->found = true;
	}
	while (!o->held || o->record.event < r->num) {
		o->held = false;
		if (!s->left && ((rc = stream_skip(s, r->num)) != 1 || (rc = stream_load(s)) != 1))
			return rc;
		if (stream_get(s, &o->record) < 0)
			return -1;
		o->held = true;
	}
	return 1;
}

/* Holds the next owned record that was not read yet. 1; none: 0; -1. */
static int owned_next(struct trace_reader *r, enum trace_stream id)
{
	struct owned *o = &r->owned[id];

	if (!o->left)
		return 0;
	int rc = reader_hold(r, id);
	if (rc < 0) {
		o->found = false;
		return reader_stream_fail(r, id, r->num);
	}
	if (rc == 0 || o->record.event != r->num)
		return reader_fail(r,
				   "%s/%s: offset %" PRIu64 ", event %" PRIu64 ": %" PRIu32
				   " of its records missing",
				   r->dir, trace_stream_names[id], r->streams[id].offset, r->num,
				   o->left);
	o->held = false;
	o->left--;
	return 1;
}

int trace_next_data(struct trace_reader *r, struct trace_data *d)
{
	int rc = owned_next(r, STREAM_DATA);

	if (rc == 1) {
		*d = r->owned[STREAM_DATA].record.data.data;
		if (d->tid == r->tid)
			d->tid = 0;
	}
	return rc;
}

int trace_next_map(struct trace_reader *r, struct trace_map *m)
{
	int rc = owned_next(r, STREAM_MMAPS);

	if (rc == 1) {
		*m = r->owned[STREAM_MMAPS].record.map.map;
		if (m->tid == r->tid)
			m->tid = 0;
	}
	return rc;
}
