#include "pack/pack.h"

#include "pack/store.h"
#include "pack/work.h"
#include "trace/dir.h"
#include "trace/error.h"
#include "trace/replace.h"
#include "util/util.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- in place ---- */

struct place {
	int fd; /* of the trace's directory, locked */
	const char *dir;
};

static int part_begin(void *ctx, const char *name)
{
	const struct place *pl = ctx;

	return replace_begin(pl->fd, pl->dir, name);
}

static int items_put(struct work *w, struct store *s)
{
	size_t n;
	const struct item **v = plan_sorted(&w->plan, &n);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (v[i]->state != ITEM_THERE)
			rc = store_put(s, &w->plan, v[i]);
	free(v);
	return rc;
}

static bool parts_changed(const struct trace_part parts[NPARTS])
{
	for (unsigned i = 0; i < NPARTS; i++)
		if (parts[i].changed)
			return true;
	return false;
}

/* The moment from which on the trace is another. */
static int parts_replace(const struct place *pl, const struct trace_part parts[NPARTS],
			 const struct trace_version *v, bool versioned)
{
	if (!versioned)
		return replace_one(pl->fd, pl->dir, trace_part_names[STREAM_MMAPS]);
	for (unsigned i = 0; i < NPARTS; i++)
		if (parts[i].changed &&
		    replace_ready(pl->fd, pl->dir, trace_part_names[i], parts[i].crc))
			return -1;
	return replace_commit(pl->fd, pl->dir, v);
}

static int place_pack(struct work *w, const struct place *pl, struct store *s)
{
	struct trace_part parts[NPARTS];
	struct trace_version v;
	int versioned = -1;

	if (items_put(w, s) ||
	    (versioned = work_rewrite(w, part_begin, (void *)pl, parts, &v)) < 0 || store_sync(s))
		goto undo;
	if (parts_changed(parts) && parts_replace(pl, parts, &v, versioned))
		goto undo;
	if (replace_tidy(pl->fd, pl->dir) == 0)
		store_tidy(s, &w->plan);
	return 0;
undo:
	dir_remove_spares(pl->fd);
	store_undo(s);
	return -1;
}

/* Without a `version`, nothing could tell of more than one new file. */
static int place_allowed(const struct work *w)
{
	const struct pack_options *o = w->o;

	if (o->last)
		return trace_fail(
			"--events: the rest of the trace would be lost: it needs -o or --into");
	if (!trace_reader_complete(w->r) && (o->compress || o->strip_env || o->redact))
		return trace_fail(
			"%s: the recording was cut short: it can be changed so on its way to somewhere else only, "
			"with -o or --into",
			trace_reader_dir(w->r));
	return 0;
}

/* Locked, and without what others left that were killed. */
static int place_take(struct place *pl, const char *trace)
{
	struct trace_reader *r = trace_open(trace, false);

	if (!r)
		return -1;
	pl->dir = xstrdup(trace_reader_dir(r));
	trace_reader_close(r);
	pl->fd = open(pl->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (pl->fd < 0)
		return trace_fail("%s: %s", pl->dir, strerror(errno));
	return dir_lock(pl->fd, pl->dir) || replace_tidy(pl->fd, pl->dir) ? -1 : 0;
}

int pack_in_place(const char *trace, const struct pack_options *o)
{
	struct place pl = {.fd = -1};
	struct store s = {.fd = -1, .top = -1, .sync = true};
	struct work w = {0};
	int rc = place_take(&pl, trace);

	if (!rc)
		rc = work_begin(&w, pl.dir, o);
	if (!rc)
		rc = place_allowed(&w);
	s.dir = pl.dir;
	if (!rc &&
	    (s.fd = openat(pl.fd, "files", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		rc = trace_fail("%s/files: %s", pl.dir, strerror(errno));
	if (!rc)
		rc = place_pack(&w, &pl, &s);
	if (!rc)
		work_tell(&w);
	store_end(&s);
	work_end(&w);
	if (pl.fd >= 0)
		close(pl.fd);
	free((char *)pl.dir);
	return rc;
}

/* --- what there is to do ---- */

int pack_trace(const char *trace, const struct pack_options *o)
{
	struct work w;

	if (!o->output && !o->into)
		return pack_in_place(trace, o);
	int rc = work_begin(&w, trace, o);
	if (!rc && trace_reader_live(w.r))
		rc = trace_fail("%s: being written to", trace_reader_dir(w.r));
	if (!rc)
		rc = o->into ? pack_into(&w) : pack_archive(&w);
	if (!rc)
		work_tell(&w);
	work_end(&w);
	return rc;
}

static uint64_t bytes_of(const struct item *it)
{
	uint64_t n = 0;

	for (size_t i = 0; i < it->where.n; i++) {
		uint64_t to = it->where.v[i].to;
		n += (to < it->size ? to : it->size) - it->where.v[i].from;
	}
	return n;
}

int pack_plan(const char *trace, const struct pack_options *o, FILE *out)
{
	struct plan p = {0};
	struct trace_reader *r = trace_open(trace, false);
	uint64_t total = 0;

	if (!r)
		return -1;
	int rc = plan_make(&p, r, o);
	for (size_t i = 0; rc == 0 && i < p.n; i++) {
		const struct item *it = p.items[i];
		if (!it->name[0] && !it->needed)
			continue;
		uint64_t bytes = it->name[0] ? bytes_of(it) : it->size;
		if (it->state == ITEM_ADD)
			total += bytes;
		char *path = xstrdup(it->path);
		line_plain(path);
		fprintf(out, "%s\t%" PRIu64 "\t%s\t%s\n", item_state_names[it->state], bytes,
			it->name[0] ? it->name : "-", path);
		free(path);
	}
	if (rc == 0) {
		fprintf(out, "total\t%" PRIu64 "\t-\tto be added\n", total);
		rc = plan_whole(&p);
	}
	plan_free(&p);
	trace_reader_close(r);
	return rc;
}
