/* Opens the copies of files under files/. If a trace is packed while it is read, the reader keeps
 * its open streams, whose records name copies that have been renamed since. */
#include "trace/reader.h"
#include "util/alloc.h"
#include "util/procfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int map_next(struct stream *s, struct trace_map_record *m)
{
	int rc = stream_get(s, m);

	while (rc == 0 && (rc = stream_load(s)) == 1)
		rc = stream_get(s, m);
	return rc;
}

/* The new name of a copy, from the same record of the packed trace: packing keeps the order of
 * records. */
static char *same_record(struct stream *old, struct stream *new, const char *copy)
{
	struct trace_map_record was, is;

	while (map_next(old, &was) == 1 && map_next(new, &is) == 1 && was.event == is.event)
		if (strcmp(was.map.copy, copy) == 0)
			return xstrdup(is.map.copy);
	return NULL;
}

/* The copy's current name in the trace; malloc'd. NULL: it was not renamed. */
static char *copy_renamed(struct trace_reader *r, const char *copy)
{
	char *name = NULL;
	struct stream old;

	struct trace_reader *now = trace_open(proc_fd(0, r->dirfd).path, false);
	if (!now)
		return NULL;
	stream_init(&old, STREAM_MMAPS, fcntl(r->streams[STREAM_MMAPS].fd, F_DUPFD_CLOEXEC, 0));
	if (strcmp(now->uuid, r->uuid) == 0)
		name = same_record(&old, &now->streams[STREAM_MMAPS], copy);
	stream_free(&old);
	trace_reader_close(now);
	if (name && strcmp(name, copy) == 0) {
		free(name);
		return NULL;
	}
	return name;
}

int trace_open_copy(struct trace_reader *r, const char *copy)
{
	if (!*copy || strchr(copy, '/') || strcmp(copy, ".") == 0 || strcmp(copy, "..") == 0)
		return reader_fail(r, "%s/files: '%s' is not a name of a file in it", r->dir, copy);
	if (reader_files_open(r) < 0)
		return reader_file_fail(r, "files");
	int fd = reader_file_open(r->filesfd, copy);
	if (fd < 0 && errno == ENOENT) {
		char *name = copy_renamed(r, copy);
		if (name && !strchr(name, '/'))
			fd = reader_file_open(r->filesfd, name);
		else
			errno = ENOENT;
		free(name);
	}
	if (fd < 0) {
		char *name = xasprintf("files/%s", copy);
		reader_file_fail(r, name);
		free(name);
	}
	return fd;
}
