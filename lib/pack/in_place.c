/* Packs a trace where it is: its directory gets the copies, and new streams in place of the old. */
#include "pack/file_store.h"
#include "pack/transform.h"
#include "trace/dir.h"
#include "trace/error.h"
#include "trace/part_replacement.h"
#include "util/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
	int fd; /* of the trace's directory, locked */
	const char *dir;
};

static int part_begin(void *ctx, const char *name)
{
	const struct place *pl = ctx;

	return part_replacement_begin(pl->fd, pl->dir, name);
}

static int items_put(struct transform *tr, struct store *s)
{
	size_t n;
	const struct item **v = pack_plan_sorted(&tr->plan, &n);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (v[i]->state != ITEM_THERE)
			rc = pack_store_put(s, &tr->plan, v[i]);
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

/* From the moment that this succeeds, the trace is another. */
static int parts_replace(const struct place *pl, const struct trace_part parts[NPARTS],
			 const struct trace_version *v, bool versioned)
{
	if (!versioned)
		return part_replacement_single(pl->fd, pl->dir, trace_part_names[STREAM_MMAPS]);
	for (unsigned i = 0; i < NPARTS; i++)
		if (parts[i].changed &&
		    part_replacement_ready(pl->fd, pl->dir, trace_part_names[i], parts[i].crc))
			return -1;
	return part_replacement_commit(pl->fd, pl->dir, v);
}

static int place_pack(struct transform *tr, const struct place *pl, struct store *s)
{
	struct trace_part parts[NPARTS];
	struct trace_version v;
	int versioned = -1;

	if (items_put(tr, s) ||
	    (versioned = pack_transform_rewrite(tr, part_begin, (void *)pl, parts, &v)) < 0 ||
	    pack_store_sync(s))
		goto undo;
	if (parts_changed(parts) && parts_replace(pl, parts, &v, versioned))
		goto undo;
	if (part_replacement_tidy(pl->fd, pl->dir) == 0)
		pack_store_tidy(s, &tr->plan);
	return 0;
undo:
	dir_remove_spares(pl->fd);
	pack_store_undo(s);
	return -1;
}

/* Only a new `version` can replace several files at once, and an incomplete trace has none. */
static int place_allowed(const struct transform *tr)
{
	const struct pack_options *o = tr->o;

	if (o->last)
		return trace_fail(
			"--events: in place, the rest of the trace would be lost: it needs -o or --into");
	if (!trace_reader_complete(tr->r) && (o->compress || o->strip_env || o->redact))
		return trace_fail("%s: the recording was cut short: such changes need -o or --into",
				  trace_reader_dir(tr->r));
	return 0;
}

/* Opens and locks the directory, and removes what killed programs left. */
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
	return dir_lock(pl->fd, pl->dir) || part_replacement_tidy(pl->fd, pl->dir) ? -1 : 0;
}

int pack_in_place(const char *trace, const struct pack_options *o)
{
	struct place pl = {.fd = -1};
	struct store s = {.fd = -1, .top = -1, .sync = true};
	struct transform tr = {0};
	int rc = place_take(&pl, trace);

	if (!rc)
		rc = pack_transform_begin(&tr, pl.dir, o);
	if (!rc)
		rc = place_allowed(&tr);
	s.dir = pl.dir;
	if (!rc &&
	    (s.fd = openat(pl.fd, "files", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		rc = trace_fail("%s/files: %s", pl.dir, strerror(errno));
	if (!rc)
		rc = place_pack(&tr, &pl, &s);
	if (!rc)
		pack_transform_report(&tr);
	pack_store_end(&s);
	pack_transform_end(&tr);
	if (pl.fd >= 0)
		close(pl.fd);
	free((char *)pl.dir);
	return rc;
}
