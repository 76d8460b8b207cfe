#include "pack/transform.h"

#include "trace/error.h"
#include "util/alloc.h"
#include "util/size.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- edits --- */

static bool map_edit(void *ctx, struct trace_map *m)
{
	struct transform *tr = ctx;
	const struct item *it = pack_plan_find(&tr->plan, m);

	if (tr->redaction)
		tr->stay_names +=
			pack_redact_count(tr->redaction, (const uint8_t *)m->path, strlen(m->path));
	if (!it || !it->name[0])
		return false;
	bool same = m->backing != BACKING_FILE && strcmp(m->copy, it->name) == 0;
	/* Without a checksum of its own, its name is one. */
	if (same && (!m->copy_sum || (m->copy_sum == it->sum && m->copy_size == it->size)))
		return false;
	if (m->backing == BACKING_FILE)
		m->backing = BACKING_COPY;
	m->copy = it->name;
	m->copy_size = it->size;
	m->copy_sum = it->sum;
	return true;
}

static bool data_edit(void *ctx, uint64_t event, struct trace_data *d)
{
	struct transform *tr = ctx;
	size_t found;

	if (d->kind != DATA_IN) {
		found = pack_redact_count(tr->redaction, d->bytes, d->len);
		tr->stay_memory += found;
		if (found && !tr->stay_event)
			tr->stay_event = event;
		return false;
	}
	memcpy(tr->bytes, d->bytes, d->len);
	found = pack_redact_bytes(tr->redaction, tr->bytes, d->len);
	if (found)
		d->bytes = tr->bytes;
	return found > 0;
}

/* Whether an item of args_env is about the program, not the trace or the machine. */
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
	struct transform *tr = ctx;

	free(tr->item);
	tr->item = NULL;
	if (tr->o->strip_env && strncmp(item, "env=", 4) == 0)
		return NULL;
	if (tr->uuid && strncmp(item, "uuid=", 5) == 0)
		return tr->item = xasprintf("uuid=%s", tr->uuid);
	if (!tr->redaction || !is_of_program(item))
		return item;
	tr->item = xstrdup(item);
	char *value = strchr(tr->item, '=') + 1;
	pack_redact_bytes(tr->redaction, (uint8_t *)value, strlen(value));
	return tr->item;
}

/* The beginning of a trace is another trace; the same beginning is the same one. RFC 9562: version
 * 8, variant 10. */
static char *uuid_of_part(const char *uuid, uint64_t last)
{
	char *text = xasprintf("%s 1-%" PRIu64, uuid, last);
	uint8_t u[16];

	pack_content_digest(text, u);
	free(text);
	u[6] = (u[6] & 0x0f) | 0x80;
	u[8] = (u[8] & 0x3f) | 0x80;
	return xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11],
			 u[12], u[13], u[14], u[15]);
}

int pack_transform_rewrite(struct transform *tr, int (*make)(void *ctx, const char *name),
			   void *ctx, struct trace_part parts[NPARTS], struct trace_version *v)
{
	struct trace_edit e = {.last = tr->o->last ? tr->plan.events : 0,
			       .compress = tr->o->compress,
			       .level = tr->o->level,
			       .map = map_edit,
			       .data = tr->redaction ? data_edit : NULL,
			       .item = item_edit,
			       .ctx = tr};

	tr->bytes = tr->bytes ? tr->bytes : xmalloc(TRACE_DATA_MAX);
	return trace_edit_apply(tr->r, &e, make, ctx, parts, v);
}

/* --- what remains of secrets --- */

static int count_piece(void *ctx, uint64_t at, const uint8_t *bytes, size_t n)
{
	struct transform *tr = ctx;

	(void)at;
	tr->stay_files += pack_redact_count(tr->redaction, bytes, n);
	return 0;
}

static void files_count(struct transform *tr)
{
	size_t n;
	const struct item **v = pack_plan_sorted(&tr->plan, &n);

	for (size_t i = 0; i < n; i++) {
		int fd = pack_item_open(&tr->plan, v[i]);
		if (fd < 0)
			continue;
		content_walk(fd, v[i]->size, count_piece, tr);
		close(fd);
	}
	free(v);
}

void pack_transform_report(struct transform *tr)
{
	const char *dir = trace_reader_dir(tr->r);

	if (tr->redaction) {
		files_count(tr);
		if (tr->stay_memory)
			warnx("%s: stays, as a replay needs it: %zu matches in memory, the first at event %" PRIu64,
			      dir, tr->stay_memory, tr->stay_event);
		if (tr->stay_names)
			warnx("%s: stays: %zu matches in names of mapped files", dir,
			      tr->stay_names);
		if (tr->stay_files)
			warnx("%s: stays, as a replay needs it: %zu matches in copies of mapped files",
			      dir, tr->stay_files);
	}
	if (tr->o->strip_env)
		warnx("%s: stays, as a replay needs it: the environment in the memory that each program begins with",
		      dir);
	if (!trace_reader_complete(tr->r) && !tr->o->last)
		warnx("%s: incomplete: the recording was cut short at event %" PRIu64, dir,
		      tr->plan.events);
}

/* --- begin and end --- */

int pack_transform_begin(struct transform *tr, const char *trace, const struct pack_options *o)
{
	*tr = (struct transform){.o = o};
	tr->r = trace_open(trace, false);
	if (!tr->r)
		return -1;
	if (o->redact && !(tr->redaction = pack_redact_new(o->redact)))
		return -1;
	if (pack_plan_make(&tr->plan, tr->r, o) || pack_plan_complete(&tr->plan))
		return -1;
	if (!tr->plan.events)
		return trace_fail("%s: no event in it", trace_reader_dir(tr->r));
	/* All events of a complete trace are that trace itself. */
	struct trace_event ev;
	if (o->last && trace_seek(tr->r, tr->plan.events + 1) == 0 &&
	    (trace_next(tr->r, &ev) == 1 || !trace_reader_complete(tr->r)))
		tr->uuid = uuid_of_part(trace_reader_uuid(tr->r), tr->plan.events);
	return trace_seek(tr->r, 1);
}

void pack_transform_end(struct transform *tr)
{
	pack_plan_free(&tr->plan);
	pack_redact_free(tr->redaction);
	free(tr->uuid);
	free(tr->bytes);
	free(tr->item);
	if (tr->r)
		trace_reader_close(tr->r);
}

const char *pack_transform_name(const struct transform *tr, char name[256])
{
	char *whole = realpath(trace_reader_dir(tr->r), NULL),
	     *slash = whole ? strrchr(whole, '/') : NULL;

	if (!whole) {
		trace_fail("%s: %s", trace_reader_dir(tr->r), strerror(errno));
		return NULL;
	}
	snprintf(name, 256, "%s", slash && slash[1] ? slash + 1 : "trace");
	free(whole);
	return name;
}
