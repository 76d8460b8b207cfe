#include "pack/fresh.h"

#include "trace/dir.h"
#include "trace/error.h"
#include "util/host.h"
#include "util/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ours, and nobody is at work in it. Returned locked; -1. */
static int stale_open(int parent, const char *name)
{
	struct stat st;
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void stale_remove(int parent)
{
	DIR *d = dir_list(parent, ".");

	for (struct dirent *e; (e = dir_next(d));) {
		int fd = strncmp(e->d_name, FRESH_PREFIX, strlen(FRESH_PREFIX))
				 ? -1
				 : stale_open(parent, e->d_name);
		if (fd < 0)
			continue;
		dir_empty(fd); /* what is in a trace, and nothing else */
		unlinkat(parent, e->d_name, AT_REMOVEDIR);
		close(fd);
	}
	if (d)
		closedir(d);
}

/* Whoever looks for what is stale may find it before it is locked. */
static int make_locked(struct fresh *f)
{
	struct stat st;
	uint32_t random;

	for (unsigned tries = 0; tries < 100; tries++) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -1;
		snprintf(f->name, sizeof(f->name), FRESH_PREFIX "%06x", random & 0xffffff);
		f->fd = dir_make(f->parent, f->name);
		if (f->fd < 0 && errno == EEXIST)
			continue;
		if (f->fd < 0)
			return -1;
		int rc = flock(f->fd, LOCK_EX | LOCK_NB);
		bool taken = rc && errno == EWOULDBLOCK;
		if (!rc && !(rc = fstat(f->fd, &st)) && st.st_nlink > 0)
			return 0;
		int error = errno;
		close(f->fd);
		f->fd = -1;
		if (rc && !taken) {
			unlinkat(f->parent, f->name, AT_REMOVEDIR);
			errno = error;
			return -1;
		}
	}
	errno = EEXIST;
	return -1;
}

int fresh_begin(struct fresh *f, const char *where)
{
	*f = (struct fresh){.fd = -1, .where = xstrdup(where)};
	f->parent = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->parent < 0)
		return trace_fail("%s: %s", where, strerror(errno));
	stale_remove(f->parent);
	return make_locked(f) ? trace_fail("%s: %s", where, strerror(errno)) : 0;
}

int fresh_done(struct fresh *f, const char *name)
{
	int rc = renameat2(f->parent, f->name, f->parent, name, RENAME_NOREPLACE);

	/* A file system that does not know this flag: an empty directory can be replaced. */
	if (rc && (errno == EINVAL || errno == ENOSYS))
		rc = mkdirat(f->parent, name, 0700) ? -1
						    : renameat(f->parent, f->name, f->parent, name);
	if (rc)
		return trace_fail("%s/%s: %s", f->where, name,
				  errno == EEXIST ? "exists" : strerror(errno));
	close(f->fd);
	f->fd = -1;
	return 0;
}

void fresh_end(struct fresh *f)
{
	if (f->fd >= 0) {
		dir_empty(f->fd);
		unlinkat(f->parent, f->name, AT_REMOVEDIR);
		close(f->fd);
	}
	if (f->parent >= 0)
		close(f->parent);
	free(f->where);
}
