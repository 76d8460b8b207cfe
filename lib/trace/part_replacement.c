#include "trace/part_replacement.h"

#include "trace/dir.h"
#include "trace/error.h"
#include "trace/meta.h"
#include "util/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *dir, const char *name)
{
	return trace_fail("%s/%s: %s", dir, name, strerror(errno));
}

static int rename_in(int dirfd, const char *dir, const char *from, const char *to)
{
	return renameat(dirfd, from, dirfd, to) ? fail(dir, to) : 0;
}

/* Files that are ready and of this version get their names. */
static int names_take(int dirfd, const char *dir, const struct trace_version *v)
{
	char from[PART_NAME_MAX];

	for (unsigned i = 0; i <= NSTREAMS; i++) {
		const char *name = i < NSTREAMS ? trace_stream_names[i] : "args_env";
		part_name(from, name, i < NSTREAMS ? v->crcs[i] : v->args_env_crc);
		if (renameat(dirfd, from, dirfd, name) && errno != ENOENT)
			return fail(dir, name);
	}
	return 0;
}

int part_replacement_tidy(int dirfd, const char *dir)
{
	char text[VERSION_MAX + 1];
	struct trace_version v;
	int fd =
		openat(dirfd, "version", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread_all(fd, text, VERSION_MAX, 0);

	if (fd >= 0)
		close(fd);
	if (n >= 0) {
		text[n] = 0;
		/* If `version` is damaged, files that it may need stay. */
		if (version_parse(text, (size_t)n, &v))
			return 0;
		if (names_take(dirfd, dir, &v))
			return -1;
	}
	dir_remove_spares(dirfd);
	return 0;
}

int part_replacement_begin(int dirfd, const char *dir, const char *name)
{
	char fresh[PART_NAME_MAX];

	snprintf(fresh, sizeof(fresh), "%s" PART_NEW, name);
	int fd = dir_new_file(dirfd, fresh);
	return fd < 0 ? fail(dir, fresh) : fd;
}

/* After a power cut, a file is under its new name only with its bytes. */
static int sync_new(int dirfd, const char *dir, const char *fresh)
{
	int fd = openat(dirfd, fresh, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int rc = fd < 0 || fdatasync(fd) ? fail(dir, fresh) : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

int part_replacement_ready(int dirfd, const char *dir, const char *name, uint32_t crc)
{
	char fresh[PART_NAME_MAX], ready[PART_NAME_MAX];

	snprintf(fresh, sizeof(fresh), "%s" PART_NEW, name);
	return sync_new(dirfd, dir, fresh)
		       ? -1
		       : rename_in(dirfd, dir, fresh, part_name(ready, name, crc));
}

int part_replacement_single(int dirfd, const char *dir, const char *name)
{
	char fresh[PART_NAME_MAX];

	snprintf(fresh, sizeof(fresh), "%s" PART_NEW, name);
	if (sync_new(dirfd, dir, fresh) || rename_in(dirfd, dir, fresh, name))
		return -1;
	fsync(dirfd);
	return 0;
}

int part_replacement_commit(int dirfd, const char *dir, const struct trace_version *v)
{
	char line[VERSION_MAX];
	int fd = part_replacement_begin(dirfd, dir, "version");

	if (fd < 0)
		return -1;
	int rc = write_all(fd, line, (size_t)version_format(v, line)) || fdatasync(fd)
			 ? fail(dir, "version" PART_NEW)
			 : 0;
	close(fd);
	fsync(dirfd); /* the files that it lists first */
	if (rc || rename_in(dirfd, dir, "version" PART_NEW, "version"))
		return -1;
	fsync(dirfd);
	/* It is done; what fails here, the next one finishes (part_replacement_tidy). */
	names_take(dirfd, dir, v);
	return 0;
}
