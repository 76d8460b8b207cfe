#include "trace/default_dir.h"
#include "trace/dir.h"
#include "trace/error.h"
#include "trace/reader.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES_MAX 100

int reader_fail(struct trace_reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->error, sizeof(r->error), fmt, ap);
	va_end(ap);
	text_make_plain(r->error);
	return trace_fail("%s", r->error);
}

/* Opens plain files only: no device or pipe, where open(2) could block, and no link out of the
 * directory. */
int reader_file_open(int at, const char *name)
{
	struct stat st;
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = ELOOP;
	return -1;
}

int reader_file_fail(struct trace_reader *r, const char *name)
{
	const char *why = errno == ELOOP    ? "not a plain file"
			  : errno == ENOENT ? "missing"
			  : errno == EFBIG  ? "too long"
					    : strerror(errno);

	return reader_fail(r, "%s/%s: %s", r->dir, name, why);
}

/* The whole file with a NUL added. NULL with errno. Closes fd. */
static char *file_text(int fd, size_t max, size_t *len)
{
	struct stat st;
	char *text = NULL;

	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size <= max) {
		text = xmalloc((size_t)st.st_size + 1);
		ssize_t n = pread_all(fd, text, (size_t)st.st_size, 0);
		*len = n < 0 ? 0 : (size_t)n;
		text[*len] = 0;
	} else {
		errno = EFBIG;
	}
	int error = errno;
	close(fd);
	errno = error;
	return text;
}

static bool dir_is_empty(int dirfd)
{
	DIR *d = dir_list(dirfd, ".");
	bool empty = d && !dir_next(d);

	if (d)
		closedir(d);
	return empty;
}

/* Opens a file of the trace. If `version` describes a replacement that was not renamed yet, opens
 * that (replace.h). */
static int part_open(struct trace_reader *r, const char *name, bool versioned, uint32_t crc)
{
	char other[PART_NAME_MAX];

	if (versioned) {
		int fd = reader_file_open(r->dirfd, part_name(other, name, crc));
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	return reader_file_open(r->dirfd, name);
}

static char *args_env_text(struct trace_reader *r, bool versioned, size_t *len)
{
	int fd = part_open(r, "args_env", versioned, r->version.args_env_crc);
	char *text = fd < 0 ? NULL : file_text(fd, TRACE_MAX_META, len);

	if (!text && errno == ENOENT)
		dir_is_empty(r->dirfd)
			? reader_fail(r, "%s: an empty directory, not a trace", r->dir)
			: reader_fail(r, "%s: not a trace: no args_env in it", r->dir);
	else if (!text)
		reader_file_fail(r, "args_env");
	return text;
}

char *trace_args_env(struct trace_reader *r, size_t *len)
{
	char *text = args_env_text(r, r->complete, len);

	if (text && (*len != r->args_env_size || crc32_add(0, text, *len) != r->args_env_crc)) {
		reader_fail(r, "%s/args_env: has changed since it was opened", r->dir);
		free(text);
		return NULL;
	}
	return text;
}

static int args_env_read(struct trace_reader *r, bool versioned)
{
	size_t len;
	char *text = args_env_text(r, versioned, &len);

	if (!text)
		return -1;
	const char *why = meta_parse(text, len, &r->meta, r->uuid);
	r->args_env_size = len;
	r->args_env_crc = crc32_add(0, text, len);
	free(text);
	return why ? reader_fail(r, "%s/args_env: %s", r->dir, why) : 0;
}

/* 1; 0 if there is none; -1. */
static int version_read(struct trace_reader *r, struct trace_version *v)
{
	size_t len;
	int fd = reader_file_open(r->dirfd, "version");

	if (fd < 0)
		return errno == ENOENT ? 0 : reader_file_fail(r, "version");
	char *text = file_text(fd, VERSION_MAX, &len);
	if (!text)
		return reader_file_fail(r, "version");
	const char *why = version_parse(text, len, v);
	free(text);
	return why ? reader_fail(r, "%s/version: %s", r->dir, why) : 1;
}

/* Checks and uses r->version, which was just read. */
static int version_take(struct trace_reader *r)
{
	if (strcmp(r->version.uuid, r->uuid) || r->version.args_env_size != r->args_env_size ||
	    r->version.args_env_crc != r->args_env_crc)
		return reader_fail(r, "%s/version: of another trace than args_env", r->dir);
	for (unsigned i = 0; i < NSTREAMS; i++)
		stream_set_size(&r->streams[i], r->version.sizes[i]);
	r->complete = true;
	return 1;
}

int reader_version(struct trace_reader *r)
{
	int rc = version_read(r, &r->version);

	return rc == 1 ? version_take(r) : rc;
}

static int streams_open(struct trace_reader *r, bool versioned)
{
	for (unsigned i = 0; i < NSTREAMS; i++) {
		int fd = part_open(r, trace_stream_names[i], versioned, r->version.crcs[i]);
		if (fd < 0)
			return reader_file_fail(r, trace_stream_names[i]);
		r->streams[i].fd = fd;
	}
	return 0;
}

static void parts_init(struct trace_reader *r)
{
	for (unsigned i = 0; i < NSTREAMS; i++)
		stream_init(&r->streams[i], i, -1);
}

static void parts_close(struct trace_reader *r)
{
	for (unsigned i = 0; i < NSTREAMS; i++)
		stream_free(&r->streams[i]);
	trace_meta_free(&r->meta);
}

/* Opens all files in one state of the trace: a recorder may be completing it at the same time, or
 * rr-pack replacing files. */
static int parts_open(struct trace_reader *r)
{
	struct trace_version after;

	for (unsigned tries = 0;; tries++) {
		int had = version_read(r, &r->version), has;
		if (had < 0 || args_env_read(r, had) || streams_open(r, had) ||
		    (has = version_read(r, &after)) < 0)
			return -1;
		if (has == had && (!had || memcmp(&after, &r->version, sizeof(after)) == 0))
			return had ? version_take(r) : 0;
		if (tries == TRIES_MAX)
			return reader_fail(r, "%s: keeps changing while it is opened", r->dir);
		parts_close(r);
		parts_init(r);
	}
}

/* Through the descriptor of the trace's directory: a recorder that replaces the trace creates
 * another directory. */
int reader_files_open(struct trace_reader *r)
{
	if (r->filesfd < 0)
		r->filesfd =
			openat(r->dirfd, "files", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return r->filesfd;
}

static int dir_open(struct trace_reader *r)
{
	r->dirfd = open(r->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dirfd >= 0) {
		reader_files_open(r);
		return 0;
	}
	if (errno == ENOTDIR)
		return reader_fail(r, "%s: not a directory, so not a trace", r->dir);
	if (errno == ENOENT)
		return reader_fail(r, "%s: no such trace", r->dir);
	return reader_fail(r, "%s: %s", r->dir, strerror(errno));
}

static char *latest_dir(void)
{
	char *place = trace_default_dir(),
	     *link = place ? xasprintf("%s/latest-trace", place) : NULL;
	char *dir = link ? realpath(link, NULL) : NULL;

	if (link && !dir)
		trace_fail("%s: no trace has been recorded here", link);
	if (dir && (trace_default_dir_check(place) || trace_default_dir_check(link))) {
		free(dir);
		dir = NULL;
	}
	free(place);
	free(link);
	return dir;
}

struct trace_reader *trace_open(const char *dir, bool follow)
{
	struct trace_reader *r = xcalloc(1, sizeof(*r));

	r->dirfd = r->filesfd = -1;
	r->follow = follow;
	r->dir = dir ? xstrdup(dir) : latest_dir();
	parts_init(r);
	if (r->dir && dir_open(r) == 0 && parts_open(r) >= 0)
		return r;
	trace_reader_close(r);
	return NULL;
}

void trace_reader_close(struct trace_reader *r)
{
	if (!r)
		return;
	parts_close(r);
	if (r->filesfd >= 0)
		close(r->filesfd);
	if (r->dirfd >= 0)
		close(r->dirfd);
	free(r->dir);
	free(r);
}

const struct trace_meta *trace_reader_meta(const struct trace_reader *r)
{
	return &r->meta;
}

const char *trace_reader_dir(const struct trace_reader *r)
{
	return r->dir;
}

const char *trace_reader_uuid(const struct trace_reader *r)
{
	return r->uuid;
}

bool trace_reader_complete(const struct trace_reader *r)
{
	return r->complete;
}

bool trace_reader_live(const struct trace_reader *r)
{
	if (flock(r->dirfd, LOCK_SH | LOCK_NB))
		return errno == EWOULDBLOCK;
	flock(r->dirfd, LOCK_UN);
	return false;
}

const char *trace_reader_error(const struct trace_reader *r)
{
	return r->error;
}
