#include "pack/work.h"

#include "trace/error.h"
#include "util/util.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- what changes ---- */

static bool map_edit(void *ctx, struct trace_map *m)
{
	struct work *w = ctx;
	const struct item *it = plan_find(&w->plan, m);

	if (w->redaction)
		w->stay_names +=
			redact_count(w->redaction, (const uint8_t *)m->path, strlen(m->path));
	if (!it || !it->name[0])
		return false;
	bool changed = m->backing == BACKING_FILE || strcmp(m->copy, it->name) != 0;
	if (m->backing == BACKING_FILE)
		m->backing = BACKING_COPY;
	m->copy = it->name;
	return changed;
}

static bool data_edit(void *ctx, uint64_t event, struct trace_data *d)
{
	struct work *w = ctx;
	size_t found;

	if (d->kind != DATA_IN) {
		found = redact_count(w->redaction, d->bytes, d->len);
		w->stay_memory += found;
		if (found && !w->stay_event)
			w->stay_event = event;
		return false;
	}
	memcpy(w->bytes, d->bytes, d->len);
	found = redact_bytes(w->redaction, w->bytes, d->len);
	if (found)
		d->bytes = w->bytes;
	return found > 0;
}

/* Items that are about the program, not about the trace or the machine. */
static bool is_of_program(const char *item)
{
	static const char *const keys[] = {"exe=", "cwd=", "argv=", "env="};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strncmp(item, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

static const char *item_edit(void *ctx, const char *item)
{
	struct work *w = ctx;

	free(w->item);
	w->item = NULL;
	if (w->o->strip_env && strncmp(item, "env=", 4) == 0)
		return NULL;
	if (w->uuid && strncmp(item, "uuid=", 5) == 0)
		return w->item = xasprintf("uuid=%s", w->uuid);
	if (!w->redaction || !is_of_program(item))
		return item;
	w->item = xstrdup(item);
	char *value = strchr(w->item, '=') + 1;
	redact_bytes(w->redaction, (uint8_t *)value, strlen(value));
	return w->item;
}

/* A part of a trace is not the trace, and always the same other one. RFC 9562: version 8,
 * variant 10. */
static char *uuid_of_part(const char *uuid, uint64_t last)
{
	char *text = xasprintf("%s 1-%" PRIu64, uuid, last);
	uint8_t u[16];

	content_digest(text, u);
	free(text);
	u[6] = (u[6] & 0x0f) | 0x80;
	u[8] = (u[8] & 0x3f) | 0x80;
	return xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
			 u[12], u[13], u[14], u[15]);
}

int work_rewrite(struct work *w, int (*make)(void *ctx, const char *name), void *ctx,
		 struct trace_part parts[NPARTS], struct trace_version *v)
{
	struct trace_edit e = {.last = w->o->last ? w->plan.events : 0,
			       .compress = w->o->compress,
			       .level = w->o->level,
			       .map = map_edit,
			       .data = w->redaction ? data_edit : NULL,
			       .item = item_edit,
			       .ctx = w};

	w->bytes = w->bytes ? w->bytes : xmalloc(TRACE_DATA_MAX);
	return trace_rewrite(w->r, &e, make, ctx, parts, v);
}

/* --- what stays ---- */

static int count_piece(void *ctx, uint64_t at, const uint8_t *bytes, size_t n)
{
	struct work *w = ctx;

	(void)at;
	w->stay_files += redact_count(w->redaction, bytes, n);
	return 0;
}

static void files_count(struct work *w)
{
	size_t n;
	const struct item **v = plan_sorted(&w->plan, &n);

	for (size_t i = 0; i < n; i++) {
		int fd = item_open(&w->plan, v[i]);
		if (fd < 0)
			continue;
		content_walk(fd, v[i]->size, count_piece, w);
		close(fd);
	}
	free(v);
}

void work_tell(struct work *w)
{
	const char *dir = trace_reader_dir(w->r);

	if (w->redaction) {
		files_count(w);
		if (w->stay_memory)
			warnx("%s: stays, as a replay needs it: %zu matches in memory, the first at event %" PRIu64,
			      dir, w->stay_memory, w->stay_event);
		if (w->stay_names)
			warnx("%s: stays: %zu matches in names of mapped files", dir,
			      w->stay_names);
		if (w->stay_files)
			warnx("%s: stays, as a replay needs it: %zu matches in copies of mapped files",
			      dir, w->stay_files);
	}
	if (w->o->strip_env)
		warnx("%s: stays, as a replay needs it: the environment in the memory that each program begins with",
		      dir);
	if (!trace_reader_complete(w->r) && !w->o->last)
		warnx("%s: incomplete: the recording was cut short at event %" PRIu64, dir,
		      w->plan.events);
}

/* --- from beginning to end ---- */

int work_begin(struct work *w, const char *trace, const struct pack_options *o)
{
	*w = (struct work){.o = o};
	w->r = trace_open(trace, false);
	if (!w->r)
		return -1;
	if (o->redact && !(w->redaction = redact_new(o->redact)))
		return -1;
	if (plan_make(&w->plan, w->r, o) || plan_whole(&w->plan))
		return -1;
	if (!w->plan.events)
		return trace_fail("%s: no event in it", trace_reader_dir(w->r));
	/* All of a whole trace is that trace. */
	struct trace_event ev;
	if (o->last && trace_seek(w->r, w->plan.events + 1) == 0 &&
	    (trace_next(w->r, &ev) == 1 || !trace_reader_complete(w->r)))
		w->uuid = uuid_of_part(trace_reader_uuid(w->r), w->plan.events);
	return trace_seek(w->r, 1);
}

void work_end(struct work *w)
{
	plan_free(&w->plan);
	redact_free(w->redaction);
	free(w->uuid);
	free(w->bytes);
	free(w->item);
	if (w->r)
		trace_reader_close(w->r);
}

const char *work_name(const struct work *w, char name[256])
{
	char *whole = realpath(trace_reader_dir(w->r), NULL),
	     *slash = whole ? strrchr(whole, '/') : NULL;

	if (!whole) {
		trace_fail("%s: %s", trace_reader_dir(w->r), strerror(errno));
		return NULL;
	}
	snprintf(name, 256, "%s", slash && slash[1] ? slash + 1 : "trace");
	free(whole);
	return name;
}
