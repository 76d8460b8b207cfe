/* A trace that is packed while it is read: the reader goes on with the streams it has open, whose
 * records tell of copies by names that they no longer have. */
#include "trace/reader.h"
#include "util/util.h"

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

/* Packing changes records, not their order. */
static char *same_record(struct stream *old, struct stream *new, const char *copy)
{
	struct trace_map_record was, is;

	while (map_next(old, &was) == 1 && map_next(new, &is) == 1 && was.event == is.event)
		if (strcmp(was.map.copy, copy) == 0)
			return xstrdup(is.map.copy);
	return NULL;
}

char *copy_renamed(struct trace_reader *r, const char *copy)
{
	char path[64], *name = NULL;
	struct stream old;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", r->dirfd);
	struct trace_reader *now = trace_open(path, false);
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
