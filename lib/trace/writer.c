#include "trace/dir.h"
#include "trace/error.h"
#include "trace/meta.h"
#include "trace/record_codec.h"
#include "trace/sink.h"
#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/procfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct trace_writer {
	char *dir;
	int dirfd; /* locked */
	int filesfd;
	bool made;  /* we have created the directory */
	bool began; /* and its contents */
	struct sink *sink;
	uint64_t events;
	uint32_t ndata, nmaps; /* put for the next event */
	unsigned files;
	struct trace_version version;
};

static int fail(const struct trace_writer *w, const char *name)
{
	return trace_fail("%s/%s: %s", w->dir, name, strerror(errno));
}

static int uuid_make(char text[UUID_LEN + 1])
{
	uint8_t u[16];

	if (getrandom(u, sizeof(u), 0) != sizeof(u))
		return -1;
	u[6] = (u[6] & 0x0f) | 0x40; /* RFC 9562: version 4, variant 10 */
	u[8] = (u[8] & 0x3f) | 0x80;
	for (unsigned i = 0; i < sizeof(u); i++) {
		bool dash = i == 4 || i == 6 || i == 8 || i == 10;
		text += sprintf(text, "%s%02x", dash ? "-" : "", u[i]);
	}
	return 0;
}

static int file_put(const struct trace_writer *w, const char *name, const char *text, size_t len)
{
	int fd = dir_new_file(w->dirfd, name);

	if (fd < 0)
		return fail(w, name);
	int rc = write_all(fd, text, len);
	if (rc)
		fail(w, name);
	if (close(fd) && rc == 0)
		rc = fail(w, name);
	return rc;
}

static int args_env_put(struct trace_writer *w, const struct trace_meta *meta)
{
	size_t len;

	if (uuid_make(w->version.uuid))
		return trace_fail("%s: no random bytes: %s", w->dir, strerror(errno));
	char *text = meta_format(meta, w->version.uuid, &len);
	if (!text)
		return fail(w, "args_env");
	int rc = len > TRACE_MAX_META
			 ? trace_fail("%s/args_env: arguments and environment are too long", w->dir)
			 : file_put(w, "args_env", text, len);
	w->version.args_env_size = len;
	w->version.args_env_crc = crc32_add(0, text, len);
	free(text);
	return rc;
}

static int streams_make(struct trace_writer *w)
{
	int fds[NSTREAMS];

	for (unsigned i = 0; i < NSTREAMS; i++) {
		fds[i] = dir_new_file(w->dirfd, trace_stream_names[i]);
		if (fds[i] >= 0)
			continue;
		fail(w, trace_stream_names[i]);
		while (i > 0)
			close(fds[--i]);
		return -1;
	}
	w->sink = sink_new(w->dir, fds);
	return w->sink ? 0 : -1;
}

static void writer_free(struct trace_writer *w)
{
	if (w->sink)
		sink_free(w->sink);
	if (w->filesfd >= 0)
		close(w->filesfd);
	if (w->dirfd >= 0)
		close(w->dirfd);
	free(w->dir);
	free(w);
}

void trace_discard(struct trace_writer *w)
{
	if (w->began) {
		dir_empty(w->dirfd);
		if (w->made)
			rmdir(w->dir);
	}
	writer_free(w);
}

struct trace_writer *trace_create(const char *dir, bool replace, const struct trace_meta *meta)
{
	struct trace_writer *w = xcalloc(1, sizeof(*w));

	w->dir = xstrdup(dir);
	w->filesfd = -1;
	w->dirfd = dir_claim(dir, replace, &w->made);
	if (w->dirfd < 0)
		goto out;
	int rc = args_env_put(w, meta);
	w->began = !rc || errno != EEXIST; /* EEXIST: another program that does not lock has created
					      the file */
	if (rc)
		goto out;
	w->filesfd = dir_make(w->dirfd, "files");
	if (w->filesfd < 0) {
		fail(w, "files");
		goto out;
	}
	if (streams_make(w) == 0)
		return w;
out:;
	int error = errno;
	trace_discard(w);
	errno = error;
	return NULL;
}

void trace_spare_cpu(struct trace_writer *w, int cpu)
{
	sink_spare_cpu(w->sink, cpu);
}

static bool has_address(uint8_t kind)
{
	return kind == DATA_OUT || kind == DATA_IN || kind == DATA_SHARED || kind == DATA_FILL;
}

int trace_put_data(struct trace_writer *w, const struct trace_data *d)
{
	struct trace_data_record r = {w->events + 1, *d};
	uint32_t left = d->len;

	do {
		r.data.len = left < TRACE_DATA_MAX ? left : TRACE_DATA_MAX;
		if (sink_put(w->sink, STREAM_DATA, r.event, &r))
			return -1;
		w->ndata++;
		left -= r.data.len;
		if (left)
			r.data.bytes += r.data.len;
		if (left && has_address(d->kind))
			r.data.addr += r.data.len;
	} while (left);
	return 0;
}

int trace_put_map(struct trace_writer *w, const struct trace_map *m)
{
	struct trace_map_record r = {w->events + 1, *m};

	if (sink_put(w->sink, STREAM_MMAPS, r.event, &r))
		return -1;
	w->nmaps++;
	return 0;
}

int trace_put_event(struct trace_writer *w, struct trace_event *ev)
{
	ev->num = w->events + 1;
	ev->ndata = w->ndata;
	ev->nmaps = w->nmaps;
	if (sink_put(w->sink, STREAM_EVENTS, ev->num, ev))
		return -1;
	w->events++;
	w->ndata = w->nmaps = 0;
	return 0;
}

uint64_t trace_events_put(const struct trace_writer *w)
{
	return w->events;
}

static void file_name(struct trace_writer *w, const char *base, char text[256])
{
	int n = snprintf(text, 256, "%u-%.200s", w->files, base);

	for (int i = 0; i < n; i++)
		if (text[i] == '/' || (unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '_';
}

static int copy_whole(int from, int to)
{
	struct stat st;

	return fstat(from, &st) || ftruncate(to, st.st_size) ||
			       file_copy_data(from, to, 0, (uint64_t)st.st_size)
		       ? -1
		       : 0;
}

int trace_link_file(struct trace_writer *w, int fd, const char *base, char **name)
{
	char text[256];

	file_name(w, base, text);
	if (!linkat(AT_FDCWD, proc_fd(0, fd).path, w->filesfd, text, AT_SYMLINK_FOLLOW)) {
		w->files++;
		*name = xstrdup(text);
		return 0;
	}
	int out = trace_new_file(w, base, name);
	if (out < 0)
		return -1;
	int e = copy_whole(fd, out), error = errno;
	if (close(out) && !e) {
		e = -1;
		error = errno;
	}
	if (!e)
		return 0;
	free(*name);
	return trace_fail("%s/files/%s: %s", w->dir, text, strerror(error));
}

int trace_new_file(struct trace_writer *w, const char *base, char **name)
{
	char text[256];

	file_name(w, base, text);
	int fd = dir_new_file(w->filesfd, text);
	if (fd < 0)
		return trace_fail("%s/files/%s: %s", w->dir, text, strerror(errno));
	w->files++;
	*name = xstrdup(text);
	return fd;
}

int trace_flush(struct trace_writer *w)
{
	return sink_flush(w->sink);
}

static int version_put(struct trace_writer *w, const struct sink_file files[NSTREAMS])
{
	char line[VERSION_MAX];

	w->version.events = w->events;
	for (unsigned i = 0; i < NSTREAMS; i++) {
		w->version.sizes[i] = files[i].size;
		w->version.crcs[i] = files[i].crc;
	}
	/* It gets its name only when it is whole, because its presence marks the trace as
	 * complete. */
	if (file_put(w, "version.new", line, (size_t)version_format(&w->version, line)))
		return -1;
	return renameat(w->dirfd, "version.new", w->dirfd, "version") ? fail(w, "version") : 0;
}

int trace_close(struct trace_writer *w, bool complete)
{
	struct sink_file files[NSTREAMS];
	int rc = sink_finish(w->sink, files);

	if (rc == 0 && complete)
		rc = version_put(w, files);
	writer_free(w);
	return rc;
}
