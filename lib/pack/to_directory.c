/* A packed trace in a directory with others, with which it shares copies of files. */
#include "pack/file_store.h"
#include "pack/staging.h"
#include "pack/transform.h"
#include "trace/dir.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/file_io.h"
#include "util/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct target {
	struct staging staging;
	int made[NPARTS]; /* descriptors of its parts; -1: not made yet */
};

static int part_begin(void *ctx, const char *name)
{
	struct target *t = ctx;
	int fd = dir_new_file(t->staging.fd, name);

	if (fd < 0)
		return trace_fail("%s/%s: %s", t->staging.where, name, strerror(errno));
	for (unsigned i = 0; i < NPARTS; i++)
		if (strcmp(trace_part_names[i], name) == 0)
			t->made[i] = fd;
	return fd;
}

/* Copies the parts that were not rewritten. */
static int parts_copy(struct target *t, const struct trace_part parts[NPARTS])
{
	for (unsigned i = 0; i < NPARTS; i++) {
		if (t->made[i] >= 0)
			continue;
		int fd = part_begin(t, trace_part_names[i]);
		if (fd < 0)
			return -1;
		if (pack_content_copy(parts[i].fd, fd, parts[i].size))
			return trace_fail("%s/%s: %s", t->staging.where, trace_part_names[i],
					  strerror(errno));
	}
	return 0;
}

static int version_put(struct target *t, const struct trace_version *v)
{
	char line[VERSION_MAX];
	int fd = dir_new_file(t->staging.fd, "version");
	int rc = fd < 0 || write_all(fd, line, (size_t)version_format(v, line))
			 ? trace_fail("%s/version: %s", t->staging.where, strerror(errno))
			 : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* Lists the traces that are there already. */
static void near_find(struct store *s)
{
	DIR *d = dir_list(s->top, ".");

	for (struct dirent *e; (e = dir_next(d));) {
		if (e->d_name[0] == '.')
			continue;
		*ARRAY_ADD(s->near, s->nnear) = xstrdup(e->d_name);
	}
	if (d)
		closedir(d);
}

static int files_put(struct transform *tr, struct target *t)
{
	struct store s = {.fd = dir_make(t->staging.fd, "files"),
			  .dir = t->staging.where,
			  .top = t->staging.parent};
	size_t n;
	const struct item **v = pack_plan_sorted(&tr->plan, &n);
	int rc = s.fd < 0 ? trace_fail("%s: %s", t->staging.where, strerror(errno)) : 0;

	near_find(&s);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = pack_store_put(&s, &tr->plan, v[i]);
	free(v);
	pack_store_end(&s);
	return rc;
}

/* Opens the directory, which is made if need be, and locks it: if two programs packed at once, each
 * would store what their traces have in common. */
static int top_take(const char *top)
{
	int fd = dir_make(AT_FDCWD, top);

	if (fd < 0 && errno == EEXIST)
		fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return fd;
	trace_fail("%s: %s", top, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int trace_put(struct transform *tr, struct target *t, const char *name)
{
	struct trace_part parts[NPARTS];
	struct trace_version v;
	struct stat st;

	if (fstatat(t->staging.parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return trace_fail("%s/%s: exists", t->staging.where, name);
	int versioned =
		files_put(tr, t) ? -1 : pack_transform_rewrite(tr, part_begin, t, parts, &v);
	if (versioned < 0 || parts_copy(t, parts) || (versioned && version_put(t, &v)))
		return -1;
	return pack_staging_done(&t->staging, name);
}

int pack_to_directory(struct transform *tr)
{
	struct target t = {.staging = {.parent = -1, .fd = -1}};
	char name[256];
	int lock = top_take(tr->o->into), rc = -1;

	for (unsigned i = 0; i < NPARTS; i++)
		t.made[i] = -1;
	if (lock >= 0 && pack_staging_begin(&t.staging, tr->o->into) == 0)
		rc = pack_transform_name(tr, name) ? trace_put(tr, &t, name) : -1;
	for (unsigned i = 0; i < NPARTS; i++)
		if (t.made[i] >= 0)
			close(t.made[i]);
	pack_staging_end(&t.staging);
	if (lock >= 0)
		close(lock);
	return rc;
}
