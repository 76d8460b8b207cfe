#include "pack/fresh.h"
#include "pack/store.h"
#include "pack/work.h"
#include "trace/dir.h"
#include "trace/error.h"
#include "util/host.h"
#include "util/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct target {
	struct fresh fresh;
	int made[NPARTS]; /* descriptors; -1 */
};

static int part_begin(void *ctx, const char *name)
{
	struct target *t = ctx;
	int fd = dir_new_file(t->fresh.fd, name);

	if (fd < 0)
		return trace_fail("%s/%s: %s", t->fresh.where, name, strerror(errno));
	for (unsigned i = 0; i < NPARTS; i++)
		if (strcmp(trace_part_names[i], name) == 0)
			t->made[i] = fd;
	return fd;
}

/* Those that stay as they are; one that was written anew and came out the same is there. */
static int parts_copy(struct target *t, const struct trace_part parts[NPARTS])
{
	for (unsigned i = 0; i < NPARTS; i++) {
		if (t->made[i] >= 0)
			continue;
		int fd = part_begin(t, trace_part_names[i]);
		if (fd < 0)
			return -1;
		if (content_copy(parts[i].fd, fd, parts[i].size))
			return trace_fail("%s/%s: %s", t->fresh.where, trace_part_names[i],
					  strerror(errno));
	}
	return 0;
}

static int version_put(struct target *t, const struct trace_version *v)
{
	char line[VERSION_MAX];
	int fd = dir_new_file(t->fresh.fd, "version");
	int rc = fd < 0 || write_all(fd, line, (size_t)version_format(v, line))
			 ? trace_fail("%s/version: %s", t->fresh.where, strerror(errno))
			 : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* The traces that are there already. */
static void near_find(struct store *s)
{
	DIR *d = dir_list(s->top, ".");

	for (struct dirent *e; (e = dir_next(d));) {
		if (e->d_name[0] == '.')
			continue;
		s->near = xgrow(s->near, s->nnear, sizeof(*s->near));
		s->near[s->nnear++] = xstrdup(e->d_name);
	}
	if (d)
		closedir(d);
}

static int files_put(struct work *w, struct target *t)
{
	struct store s = {.fd = dir_make(t->fresh.fd, "files"),
			  .dir = t->fresh.where,
			  .top = t->fresh.parent};
	size_t n;
	const struct item **v = plan_sorted(&w->plan, &n);
	int rc = s.fd < 0 ? trace_fail("%s: %s", t->fresh.where, strerror(errno)) : 0;

	near_find(&s);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = store_put(&s, &w->plan, v[i]);
	free(v);
	store_end(&s);
	return rc;
}

/* One at a time, so that what two traces have in common is stored once. */
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

static int trace_put(struct work *w, struct target *t, const char *name)
{
	struct trace_part parts[NPARTS];
	struct trace_version v;
	struct stat st;

	if (fstatat(t->fresh.parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return trace_fail("%s/%s: exists", t->fresh.where, name);
	int versioned = files_put(w, t) ? -1 : work_rewrite(w, part_begin, t, parts, &v);
	if (versioned < 0 || parts_copy(t, parts) || (versioned && version_put(t, &v)))
		return -1;
	return fresh_done(&t->fresh, name);
}

int pack_into(struct work *w)
{
	struct target t = {.fresh = {.parent = -1, .fd = -1}};
	char name[256];
	int lock = top_take(w->o->into), rc = -1;

	for (unsigned i = 0; i < NPARTS; i++)
		t.made[i] = -1;
	if (lock >= 0 && fresh_begin(&t.fresh, w->o->into) == 0)
		rc = work_name(w, name) ? trace_put(w, &t, name) : -1;
	for (unsigned i = 0; i < NPARTS; i++)
		if (t.made[i] >= 0)
			close(t.made[i]);
	fresh_end(&t.fresh);
	if (lock >= 0)
		close(lock);
	return rc;
}
