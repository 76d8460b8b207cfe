#include "pack/file_store.h"

#include "trace/dir.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Name of the copy that is being made. The trace is locked, so there is one at a time. */
#define UNFINISHED "new.pack"

static int fail(const struct store *s, const char *name)
{
	return trace_fail("%s/files/%s: %s", s->dir, name, strerror(errno));
}

static void remember(struct store *s, const char *name)
{
	*ARRAY_ADD(s->added, s->nadded) = xstrdup(name);
}

/* 1: the directory has a file of this name with the contents of fd; 0: it has nothing of this name;
 * -1: it has something else, or an error. */
static int has_same(int dir, const char *name, int fd, uint64_t size)
{
	struct stat st;
	int there = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC),
	    rc = -1;

	if (there < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(there, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == size)
		rc = pack_content_same(there, fd, size) == 1 ? 1 : -1;
	close(there);
	return rc;
}

/* Contents are compared: the name says what they are, but anyone who can write to the directory can
 * lie. Only files that no other user can change are shared. */
static bool link_from(struct store *s, const char *trace, const struct item *it, int fd)
{
	char *path = xasprintf("%s/files/%s", trace, it->name);
	struct stat st;
	bool linked = fstatat(s->top, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		      st.st_uid == geteuid() && !(st.st_mode & 022) &&
		      has_same(s->top, path, fd, it->size) == 1 &&
		      linkat(s->top, path, s->fd, it->name, 0) == 0;

	free(path);
	return linked;
}

static bool link_near(struct store *s, const struct item *it, int fd)
{
	for (size_t i = 0; i < s->nnear; i++)
		if (link_from(s, s->near[i], it, fd))
			return true;
	return false;
}

static int copy_new(struct store *s, const struct item *it, int fd)
{
	int rc = 0;

	unlinkat(s->fd, UNFINISHED, 0); /* left by a killed program */
	int out = dir_new_file(s->fd, UNFINISHED);
	if (out < 0)
		return fail(s, it->name);
	if (pack_content_copy(fd, out, it->size) || fchmod(out, 0400))
		rc = fail(s, it->name);
	else if (s->sync) /* the disk writes while the next one is copied */
		sync_file_range(out, 0, 0, SYNC_FILE_RANGE_WRITE);
	if (close(out) && !rc)
		rc = fail(s, it->name);
	if (!rc && renameat(s->fd, UNFINISHED, s->fd, it->name))
		rc = fail(s, it->name);
	if (rc)
		unlinkat(s->fd, UNFINISHED, 0);
	return rc;
}

static bool rename_there(struct store *s, const struct item *it)
{
	/* If the file system has no links, or no more of them, the file is copied. */
	return it->state == ITEM_RENAME && linkat(s->fd, it->copy, s->fd, it->name, 0) == 0;
}

int pack_store_put(struct store *s, const struct file_plan *p, const struct item *it)
{
	int fd = pack_item_open(p, it), rc = 0;

	if (fd < 0)
		return -1;
	int there = has_same(s->fd, it->name, fd, it->size);
	if (there < 0) {
		rc = trace_fail(
			"%s/files/%s: exists, but does not have the contents that its name says",
			s->dir, it->name);
	} else if (!there) {
		if (!rename_there(s, it) && !link_near(s, it, fd))
			rc = copy_new(s, it, fd);
		if (!rc)
			remember(s, it->name);
	}
	close(fd);
	if (!rc && it->state == ITEM_ADD) { /* checks that it has not changed meanwhile */
		fd = pack_item_open(p, it);
		rc = fd < 0 ? -1 : 0;
		if (fd >= 0)
			close(fd);
	}
	return rc;
}

int pack_store_sync(struct store *s)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->nadded; i++) {
		int fd = openat(s->fd, s->added[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		rc = fd < 0 || fdatasync(fd) ? fail(s, s->added[i]) : 0;
		if (fd >= 0)
			close(fd);
	}
	if (rc == 0 && s->nadded)
		fsync(s->fd);
	return rc;
}

void pack_store_undo(struct store *s)
{
	unlinkat(s->fd, UNFINISHED, 0);
	for (size_t i = 0; i < s->nadded; i++)
		unlinkat(s->fd, s->added[i], 0);
}

static int is_named(const void *name, const void *item)
{
	return strcmp(name, (*(const struct item *const *)item)->name);
}

/* "<content>", "<content>.debug", or a recorder's "<number>-<name>". */
static bool is_ours(const char *name)
{
	const char *end = name + strspn(name, "0123456789abcdef"),
		   *digits = name + strspn(name, "0123456789");

	if (digits > name && *digits == '-')
		return true;
	return end - name == CONTENT_DIGITS && (!*end || strcmp(end, DEBUG_SUFFIX) == 0);
}

static void remove_unknown(struct store *s, const struct item **known, size_t n)
{
	DIR *d = dir_list(s->fd, ".");

	for (struct dirent *e; (e = dir_next(d));)
		if (is_ours(e->d_name) && !bsearch(e->d_name, known, n, sizeof(*known), is_named))
			unlinkat(s->fd, e->d_name, 0);
	if (d)
		closedir(d);
}

void pack_store_tidy(struct store *s, const struct file_plan *p)
{
	size_t n;
	const struct item **known = pack_plan_sorted(p, &n);

	remove_unknown(s, known, n);
	unlinkat(s->fd, UNFINISHED, 0);
	free(known);
}

void pack_store_end(struct store *s)
{
	for (size_t i = 0; i < s->nadded; i++)
		free(s->added[i]);
	for (size_t i = 0; i < s->nnear; i++)
		free(s->near[i]);
	free(s->added);
	free(s->near);
	if (s->fd >= 0)
		close(s->fd);
}
