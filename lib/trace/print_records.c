/* An event's records, copied: the reader's bytes are good only until it is asked for the next ones. */
#include "trace/print_text.h"

#include <stdlib.h>
#include "util/util.h"

/* Offsets into `heap` while it may still move; rebase makes them pointers. */
static size_t heap_put(struct event_records *recs, const void *bytes, size_t n)
{
	size_t at = recs->heap_len;

	if (recs->heap_room - at < n) {
		recs->heap_room = (at + n) * 2;
		recs->heap = xrealloc(recs->heap, recs->heap_room);
	}
	if (n)
		memcpy(recs->heap + at, bytes, n);
	recs->heap_len = at + n;
	return at;
}

static void *array_room(void *array, size_t *room, size_t n, size_t size)
{
	if (n < *room)
		return array;
	*room = *room ? *room * 2 : 16;
	return xrealloc(array, *room * size);
}

static size_t bytes_kept(const struct event_records *recs, const struct trace_data *d, size_t max)
{
	switch (d->kind) {
	case DATA_OUT:
	case DATA_IN:
	case DATA_SIGINFO: break;
	case DATA_SHARED:
	case DATA_FILL:
		if (recs->memory)
			break;
		return 0;
	default: return 0;
	}
	return d->len < max ? d->len : max;
}

static int load_data(struct event_records *recs, struct trace_reader *r, size_t max)
{
	struct trace_data d;
	int got;

	/* A record as long as can be must still fit, or it would be neither here nor left to read. */
	while (recs->ndata < EVENT_RECORDS_MAX && recs->heap_len + TRACE_DATA_MAX <= EVENT_RECORDS_BYTES) {
		size_t kept;

		got = trace_next_data(r, &d);
		if (got <= 0)
			return got;
		kept = bytes_kept(recs, &d, max);
		if (d.kind != DATA_ZERO)
			d.fill_len = d.len;
		d.bytes = (const uint8_t *)heap_put(recs, d.bytes, kept);
		d.len = kept;
		recs->data = array_room(recs->data, &recs->data_room, recs->ndata, sizeof(d));
		recs->data[recs->ndata++] = d;
	}
	recs->more = true;
	return 0;
}

static int load_maps(struct event_records *recs, struct trace_reader *r)
{
	struct trace_map m;
	int got = 0;

	while (recs->nmaps < EVENT_RECORDS_MAX && (got = trace_next_map(r, &m)) == 1) {
		m.path = (const char *)heap_put(recs, m.path, strlen(m.path) + 1);
		m.copy = (const char *)heap_put(recs, m.copy, strlen(m.copy) + 1);
		recs->maps = array_room(recs->maps, &recs->maps_room, recs->nmaps, sizeof(m));
		recs->maps[recs->nmaps++] = m;
	}
	return got < 0 ? -1 : 0;
}

static void rebase(struct event_records *recs)
{
	for (size_t i = 0; i < recs->ndata; i++)
		recs->data[i].bytes = recs->heap + (uintptr_t)recs->data[i].bytes;
	for (size_t i = 0; i < recs->nmaps; i++) {
		recs->maps[i].path = (const char *)recs->heap + (uintptr_t)recs->maps[i].path;
		recs->maps[i].copy = (const char *)recs->heap + (uintptr_t)recs->maps[i].copy;
	}
}

int event_records_load(struct event_records *recs, struct trace_reader *r, size_t max_bytes_per_record)
{
	int err;

	recs->ndata = recs->nmaps = recs->heap_len = 0;
	recs->more = false;
	err = load_data(recs, r, max_bytes_per_record);
	if (load_maps(recs, r) < 0)
		err = -1;
	if (recs->ndata || recs->nmaps)
		rebase(recs);
	return err;
}

void event_records_free(struct event_records *recs)
{
	free(recs->data);
	free(recs->maps);
	free(recs->heap);
	*recs = (struct event_records){ 0 };
}
