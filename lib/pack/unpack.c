/* Unpacks archives of others. Only what a trace consists of is taken, by name and kind; anything
 * else is refused. So links, devices, absolute paths and ".." need no rules of their own. */
#include "pack/pack.h"
#include "pack/staging.h"
#include "trace/dir.h"
#include "trace/edit.h"
#include "trace/error.h"
#include "util/alloc.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (256u << 10)
/* At most so much is read after the end of an archive. */
#define END_MAX (4u << 20)
/* The name of args_env until the trace is complete: without args_env it is no trace. */
#define ARGS_ENV_UNTIL_WHOLE "args_env.new"

/* The archive's bytes on their way to libarchive. */
struct feed {
	int fd;
	uint8_t *bytes;
	size_t zeroes; /* how many of them end what has been read */
};

struct unpacking {
	struct archive *a;
	struct feed feed;
	const char *archive; /* for messages */
	struct unpack_limits left;
	char *top; /* the directory in the archive; NULL: no entry yet */
	struct staging staging;
	int files; /* files/; -1: none yet */
};

static int fail(const struct unpacking *u)
{
	const char *text = archive_error_string(u->a);

	return trace_fail("%s: %s", u->archive, text ? text : "cannot be read");
}

/* --- reading the archive --- */

static size_t zeroes_at_end(const uint8_t *bytes, size_t n)
{
	size_t at = n;

	while (at && !bytes[at - 1])
		at--;
	return n - at;
}

static la_ssize_t feed_read(struct archive *a, void *ctx, const void **bytes)
{
	struct feed *f = ctx;
	ssize_t n;

	do
		n = read(f->fd, f->bytes, BLOCK);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		archive_set_error(a, errno, "%s", strerror(errno));
		return -1;
	}
	size_t zeroes = zeroes_at_end(f->bytes, (size_t)n);
	f->zeroes = zeroes == (size_t)n ? f->zeroes + zeroes : zeroes;
	*bytes = f->bytes;
	return n;
}

/* Two blocks of zeroes end an archive (pax(1)). libarchive accepts an archive without them, which
 * may have been cut off between two files. What follows is read, so that a program that writes to a
 * pipe can finish. */
static int end_check(struct unpacking *u)
{
	const void *bytes;

	for (size_t left = END_MAX; left >= BLOCK && feed_read(u->a, &u->feed, &bytes) > 0;
	     left -= BLOCK)
		;
	return u->feed.zeroes >= 1024 ? 0 : trace_fail("%s: cut short", u->archive);
}

static int archive_open(struct unpacking *u, int fd)
{
	u->feed = (struct feed){fd, xmalloc(BLOCK), 0};
	u->a = archive_read_new();
	if (!u->a)
		return trace_fail("no memory");
	/* Nothing compressed: no header says how large the contents are. */
	archive_read_support_filter_none(u->a);
	archive_read_support_format_tar(u->a);
	return archive_read_open(u->a, &u->feed, NULL, feed_read, NULL) == ARCHIVE_OK ? 0 : fail(u);
}

/* --- which entries are accepted --- */

static bool is_file_of_trace(const char *name)
{
	for (unsigned i = 0; i < NPARTS; i++)
		if (strcmp(name, trace_part_names[i]) == 0)
			return true;
	return strcmp(name, "version") == 0;
}

static bool is_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strlen(name) < 256;
}

/* Whether a stranger may choose this name for a directory of the user. */
static bool is_fit_to_show(const char *name)
{
	if (*name == '.' || *name == '-')
		return false;
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return false;
	return true;
}

/* All entries are in one directory, which the first one names. The path inside it; NULL: it is in
 * another directory. */
static const char *path_in_top(struct unpacking *u, const char *path)
{
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	size_t len = strcspn(path, "/");
	char *top = xasprintf("%.*s", (int)len, path);

	if (!u->top && is_name(top)) {
		u->top = top;
	} else {
		bool same = u->top && strcmp(u->top, top) == 0;
		free(top);
		if (!same)
			return NULL;
	}
	path += len;
	return path + strspn(path, "/");
}

static const char *kind(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return "a link";
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
	case AE_IFDIR: return NULL;
	case AE_IFLNK: return "a link";
	default: return "not a file";
	}
}

static int limits_take(struct unpacking *u, struct archive_entry *e, const char *path)
{
	int64_t size = archive_entry_filetype(e) == AE_IFREG ? archive_entry_size(e) : 0;

	if (!u->left.files--)
		return trace_fail("%s: more files than --max-files allows", u->archive);
	if (archive_entry_filetype(e) == AE_IFREG && (!archive_entry_size_is_set(e) || size < 0))
		return trace_fail("%s: %s: without a size", u->archive, path);
	if ((uint64_t)size > u->left.size)
		return trace_fail("%s: %s: more bytes than --max-size allows", u->archive, path);
	u->left.size -= (uint64_t)size;
	return 0;
}

/* --- writing the files --- */

static int dir_take(struct unpacking *u, const char *path, const char *name)
{
	size_t len = strcspn(name, "/");

	if (!*name)
		return 0;
	if (len != 5 || strncmp(name, "files", len) != 0 || name[len + strspn(name + len, "/")])
		return trace_fail("%s: %s: not a directory of a trace", u->archive, path);
	if (u->files < 0)
		u->files = dir_make(u->staging.fd, "files");
	return u->files < 0 ? trace_fail("%s/files: %s", u->staging.where, strerror(errno)) : 0;
}

static int data_take(struct unpacking *u, int fd, const char *path, uint64_t size)
{
	const void *bytes;
	size_t n;
	la_int64_t at;
	int rc;

	while ((rc = archive_read_data_block(u->a, &bytes, &n, &at)) == ARCHIVE_OK) {
		if (at < 0 || (uint64_t)at > size || n > size - (uint64_t)at)
			return trace_fail("%s: %s: longer than it says", u->archive, path);
		for (size_t done = 0; done < n;) {
			ssize_t k =
				pwrite(fd, (const char *)bytes + done, n - done, at + (off_t)done);
			if (k <= 0)
				return trace_fail("%s: %s: cannot be written: %s", u->staging.where,
						  path, strerror(errno));
			done += (size_t)k;
		}
	}
	if (rc != ARCHIVE_EOF)
		return fail(u);
	if (ftruncate(fd, (off_t)size)) /* a hole at the end */
		return trace_fail("%s: %s: cannot be written: %s", u->staging.where, path,
				  strerror(errno));
	return 0;
}

static int file_take(struct unpacking *u, struct archive_entry *e, const char *path,
		     const char *name)
{
	int dir = u->staging.fd;

	if (strncmp(name, "files/", 6) == 0 && is_name(name + 6)) {
		if (u->files < 0 && dir_take(u, path, "files"))
			return -1;
		dir = u->files;
		name += 6;
	} else if (!is_file_of_trace(name)) {
		return trace_fail("%s: %s: not a file of a trace", u->archive, path);
	} else if (strcmp(name, "args_env") == 0) {
		name = ARGS_ENV_UNTIL_WHOLE;
	}
	int fd = dir_new_file(dir, name);
	if (fd < 0)
		return trace_fail("%s: %s: %s", u->archive, path,
				  errno == EEXIST ? "is in it twice" : strerror(errno));
	int rc = data_take(u, fd, path, (uint64_t)archive_entry_size(e));
	if (close(fd) && !rc)
		rc = trace_fail("%s: %s: cannot be written: %s", u->staging.where, path,
				strerror(errno));
	return rc;
}

static int entry_take(struct unpacking *u, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e);

	if (!path)
		return trace_fail("%s: an entry without a name", u->archive);
	const char *why = path[0] == '/' ? "an absolute path" : kind(e);
	if (why)
		return trace_fail("%s: %s: %s", u->archive, path, why);
	const char *name = path_in_top(u, path);
	if (!name)
		return trace_fail("%s: %s: not in the one directory that is a trace", u->archive,
				  path);
	if (limits_take(u, e, path))
		return -1;
	return archive_entry_filetype(e) == AE_IFDIR ? dir_take(u, path, name)
						     : file_take(u, e, path, name);
}

static int entries_take(struct unpacking *u)
{
	struct archive_entry *e;
	int rc;

	/* libarchive warns only of attributes that are not used here. */
	while ((rc = archive_read_next_header(u->a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
		if (entry_take(u, e))
			return -1;
	if (rc == ARCHIVE_EOF && !u->top)
		return trace_fail("%s: nothing in it", u->archive);
	return rc == ARCHIVE_EOF ? end_check(u) : fail(u);
}

/* --- the trace --- */

static int whole_check(struct unpacking *u)
{
	int fd = u->staging.fd;

	if (u->files < 0 && dir_take(u, "files", "files"))
		return -1;
	if (renameat(fd, ARGS_ENV_UNTIL_WHOLE, fd, "args_env") && errno != ENOENT)
		return trace_fail("%s: %s", u->staging.where, strerror(errno));
	char *path = xasprintf("%s/%s", u->staging.where, u->staging.name);
	struct trace_reader *r = trace_open(path, false);
	if (!r) { /* the message without the temporary path */
		const char *why = trace_strerror();
		size_t len = strlen(path);
		trace_fail("%s: %s", u->archive,
			   strncmp(why, path, len) == 0 ? why + len + 1 : why);
	}
	if (r)
		trace_reader_close(r);
	free(path);
	return r ? 0 : -1;
}

/* dir: as for pack_unpack(). */
static int unpack_to(struct unpacking *u, const char *dir)
{
	char *for_where = xstrdup(dir ? dir : "./x"), *for_name = xstrdup(dir ? dir : "");
	const char *where = dirname(for_where), *name = basename(for_name);
	struct stat st;
	int rc;

	if (dir && lstat(dir, &st) == 0)
		rc = trace_fail("%s: exists", dir);
	else
		rc = pack_staging_begin(&u->staging, where);
	if (!rc)
		rc = entries_take(u);
	if (!rc && !dir && !is_fit_to_show(u->top))
		rc = trace_fail("%s: %s: no name for a trace here: give it another", u->archive,
				u->top);
	if (!rc)
		rc = whole_check(u);
	if (!rc)
		rc = pack_staging_done(&u->staging, dir ? name : u->top);
	free(for_where);
	free(for_name);
	return rc;
}

int pack_unpack(const char *archive, const char *dir, const struct unpack_limits *limits)
{
	struct unpacking u = {.archive = archive,
			      .left = *limits,
			      .files = -1,
			      .staging = {.parent = -1, .fd = -1}};
	int fd = strcmp(archive, "-") ? open(archive, O_RDONLY | O_CLOEXEC | O_NOCTTY)
				      : STDIN_FILENO;
	int rc = fd < 0 ? trace_fail("%s: %s", archive, strerror(errno)) : archive_open(&u, fd);

	if (!rc)
		rc = unpack_to(&u, dir);
	if (u.files >= 0)
		close(u.files);
	pack_staging_end(&u.staging);
	archive_read_free(u.a);
	free(u.feed.bytes);
	if (fd > STDIN_FILENO)
		close(fd);
	free(u.top);
	return rc;
}
