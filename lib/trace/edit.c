#include "trace/edit.h"

#include "trace/error.h"
#include "trace/reader.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const trace_part_names[NPARTS] = {[STREAM_DATA] = "data",
					      [STREAM_MMAPS] = "mmaps",
					      [STREAM_EVENTS] = "events",
					      [PART_ARGS_ENV] = "args_env"};

/* Blocks are not written one by one as they were recorded: there is time to make them smaller. */
#define LEVEL 6

/* A stream being written. */
struct out {
	enum trace_stream id;
	struct trace_part *part;
	struct codec *codec;
	struct deflater *z;
	struct block_header header; /* of the block being filled */
	uint8_t *raw, *packed;
	uint32_t blocks;
	uint64_t records;
};

static int part_write(struct trace_part *p, const char *name, const void *bytes, size_t len)
{
	if (write_all(p->fd, bytes, len))
		return trace_fail("%s: cannot be written: %s", name, strerror(errno));
	p->crc = crc32_add(p->crc, bytes, len);
	p->size += len;
	return 0;
}

/* --- blocks ---- */

/* What the header says of the blocks before it. */
static void header_place(struct out *o, struct block_header *h)
{
	h->seq = o->blocks++;
	o->records += h->count;
	if (o->id == STREAM_DATA)
		h->data_end = o->records;
	else if (o->id == STREAM_MMAPS)
		h->mmaps_end = o->records;
}

static int block_out(struct out *o, size_t len)
{
	return part_write(o->part, trace_stream_names[o->id], o->packed, len);
}

/* Writes what has been filled, and begins a block that continues after it. */
static int block_end(struct out *o, uint64_t next_event)
{
	if (o->header.count) {
		header_place(o, &o->header);
		if (block_out(o, block_pack(o->z, &o->header, o->raw, o->packed)))
			return -1;
	}
	o->header.count = o->header.raw_len = 0;
	o->header.first_event = next_event;
	codec_reset(o->codec, next_event);
	return 0;
}

/* The block as it is in s. */
static int block_same(struct out *o, const struct stream *s)
{
	struct block_header h = s->header;

	h.mmaps_end = o->header.mmaps_end;
	h.data_end = o->header.data_end;
	header_place(o, &h);
	memcpy(o->packed + TRACE_BLOCK_HEADER, s->bytes.stored, h.stored_len);
	return block_out(o, block_seal(&h, o->packed));
}

union record {
	uint64_t event; /* the first member of both others that are owned */
	struct trace_event ev;
	struct trace_data_record data;
	struct trace_map_record map;
};

static bool record_edit(const struct trace_edit *e, enum trace_stream id, union record *rec)
{
	switch (id) {
	case STREAM_DATA: return e->data && e->data(e->ctx, rec->event, &rec->data.data);
	case STREAM_MMAPS: return e->map && e->map(e->ctx, &rec->map.map);
	default: return false;
	}
}

static int record_out(struct out *o, uint64_t event, const union record *rec, bool *split)
{
	const char *why = codec_check(o->id, rec);

	if (why)
		return trace_fail("%s: event %llu: %s", trace_stream_names[o->id],
				  (unsigned long long)event, why);
	if (o->header.raw_len + codec_bound(o->id, rec) > TRACE_BLOCK_MAX) {
		*split = true;
		if (block_end(o, event))
			return -1;
	}
	o->header.raw_len =
		(uint32_t)(codec_put(o->codec, o->raw + o->header.raw_len, rec) - o->raw);
	o->header.count++;
	return 0;
}

/* The block in s, with what is to be changed: 1; nothing after it stays: 0; -1. */
static int block_edit(struct out *o, struct trace_reader *r, struct stream *s,
		      const struct trace_edit *e)
{
	bool changed = e->compress, ends = false;
	union record rec;
	int rc;

	o->header.stream = (uint8_t)o->id;
	o->header.first_event = s->header.first_event;
	codec_reset(o->codec, s->header.first_event);
	for (uint64_t num = s->header.first_event; (rc = stream_get(s, &rec)) == 1; num++) {
		uint64_t event = o->id == STREAM_EVENTS ? num : rec.event;
		if (e->last && event > e->last) {
			ends = changed = true;
			break;
		}
		changed |= record_edit(e, o->id, &rec);
		if (record_out(o, event, &rec, &changed))
			return -1;
	}
	if (rc < 0)
		return reader_stream_fail(r, o->id, s->header.first_event);
	o->part->changed |= changed;
	if (!changed) {
		o->header.count = o->header.raw_len = 0;
		return block_same(o, s) ? -1 : 1;
	}
	return block_end(o, 0) ? -1 : !ends;
}

/* --- streams ---- */

static bool may_change(const struct trace_edit *e, enum trace_stream id)
{
	return e->last || e->compress || (id == STREAM_DATA && e->data) ||
	       (id == STREAM_MMAPS && e->map);
}

static int part_same(struct trace_reader *r, enum trace_stream id, struct trace_part *p)
{
	struct stat st;

	p->fd = r->streams[id].fd;
	if (fstat(p->fd, &st))
		return trace_fail("%s/%s: %s", r->dir, trace_stream_names[id], strerror(errno));
	p->size = (uint64_t)st.st_size;
	p->crc = r->complete ? r->version.crcs[id] : 0;
	return 0;
}

/* `totals`: records of the streams before this one. */
static int blocks_edit(struct out *o, struct trace_reader *r, const struct trace_edit *e,
		       const uint64_t totals[NSTREAMS])
{
	struct stream *s = &r->streams[o->id];
	int rc = stream_find(s, 0) < 0 ? -1 : 1;

	while (rc == 1 && (rc = stream_load(s)) == 1) {
		o->header.mmaps_end = s->header.mmaps_end;
		o->header.data_end = s->header.data_end;
		/* Events of a trace that ends earlier do not ask for records after its end. */
		if (e->last && o->id == STREAM_EVENTS) {
			if (o->header.mmaps_end > totals[STREAM_MMAPS])
				o->header.mmaps_end = totals[STREAM_MMAPS];
			if (o->header.data_end > totals[STREAM_DATA])
				o->header.data_end = totals[STREAM_DATA];
		}
		if (e->last && s->header.first_event > e->last) {
			o->part->changed = true;
			return 0;
		}
		rc = block_edit(o, r, s, e);
		if (rc < 0)
			return -1;
	}
	return rc < 0 ? reader_stream_fail(r, o->id, s->next.event) : 0;
}

static int stream_rewrite(struct trace_reader *r, const struct trace_edit *e, enum trace_stream id,
			  struct trace_part *p, uint64_t totals[NSTREAMS])
{
	struct out o = {.id = id, .part = p, .codec = codec_new(id)};

	o.raw = xmalloc(TRACE_BLOCK_MAX);
	/* A block that is copied may be longer than one that we make. */
	o.packed = xmalloc(block_bound(TRACE_BLOCK_MAX));
	o.z = deflater_new(e->compress ? e->level : LEVEL);
	int rc = blocks_edit(&o, r, e, totals);
	totals[id] = o.records;
	deflater_free(o.z);
	codec_free(o.codec);
	free(o.packed);
	free(o.raw);
	return rc;
}

/* --- args_env ---- */

/* Its text with each item edited and the right checksum; malloc'd. */
static char *args_env_text(struct trace_reader *r, const struct trace_edit *e, size_t *len)
{
	char *all = trace_args_env(r, len), *text;
	if (!all)
		return NULL;
	FILE *f = open_memstream(&text, len);
	if (!f) {
		free(all);
		trace_fail("no memory");
		return NULL;
	}
	for (const char *p = all, *next; *p; p = next) {
		next = p + strlen(p) + 1;
		const char *item = e->item(e->ctx, p);
		if (strncmp(p, "crc32=", 6) != 0 && item)
			fwrite(item, 1, strlen(item) + 1, f);
	}
	fflush(f);
	fprintf(f, "crc32=%08x%c", crc32_add(0, text, *len), 0);
	fclose(f);
	free(all);
	return text;
}

/* Its identity may be another now. */
static int args_env_check(const char *text, size_t len, char uuid[UUID_LEN + 1])
{
	struct trace_meta meta;
	const char *why = len > TRACE_MAX_META ? "too long" : meta_parse(text, len, &meta, uuid);

	if (len <= TRACE_MAX_META)
		trace_meta_free(&meta);
	return why ? trace_fail("args_env: %s", why) : 0;
}

static int args_env_rewrite(struct trace_reader *r, const struct trace_edit *e,
			    int (*make)(void *, const char *), void *ctx, struct trace_part *p,
			    char uuid[UUID_LEN + 1])
{
	size_t len;
	char *text = e->item ? args_env_text(r, e, &len) : trace_args_env(r, &len);
	int rc = -1;

	if (!text || args_env_check(text, len, uuid))
		goto out;
	p->crc = crc32_add(0, text, len);
	p->size = len;
	p->changed = p->crc != r->args_env_crc || len != r->args_env_size;
	/* args_env is small, so it is always written, and the caller gets a descriptor of it. */
	p->fd = make(ctx, trace_part_names[PART_ARGS_ENV]);
	if (p->fd < 0)
		goto out;
	rc = write_all(p->fd, text, len)
		     ? trace_fail("args_env: cannot be written: %s", strerror(errno))
		     : 0;
out:
	free(text);
	return rc;
}

int trace_edit_apply(struct trace_reader *r, const struct trace_edit *e,
		     int (*make)(void *, const char *), void *ctx, struct trace_part parts[NPARTS],
		     struct trace_version *v)
{
	uint64_t totals[NSTREAMS] = {0};

	memset(v, 0, sizeof(*v));
	if (r->complete && r->version.minor)
		return trace_fail(
			"%s: format %d.%u, which is newer than this program: it can read it, and not change it",
			r->dir, TRACE_FORMAT, r->version.minor);
	for (unsigned i = 0; i < NPARTS; i++)
		parts[i] = (struct trace_part){.fd = -1};
	for (enum trace_stream i = 0; i < NSTREAMS; i++) {
		if (!may_change(e, i)) {
			if (part_same(r, i, &parts[i]))
				return -1;
		} else if ((parts[i].fd = make(ctx, trace_stream_names[i])) < 0 ||
			   stream_rewrite(r, e, i, &parts[i], totals)) {
			return -1;
		} else if (!parts[i].changed && part_same(r, i, &parts[i])) {
			return -1;
		}
		v->sizes[i] = parts[i].size;
		v->crcs[i] = parts[i].crc;
	}
	if (args_env_rewrite(r, e, make, ctx, &parts[PART_ARGS_ENV], v->uuid) || trace_seek(r, 1))
		return -1;
	v->args_env_size = parts[PART_ARGS_ENV].size;
	v->args_env_crc = parts[PART_ARGS_ENV].crc;
	v->events = e->last ? e->last : r->version.events;
	return r->complete || e->last;
}
