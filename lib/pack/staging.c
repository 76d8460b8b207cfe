#include "pack/staging.h"

#include "trace/dir.h"
#include "trace/error.h"
#include "util/alloc.h"
#include "util/host.h"

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

/* A directory of this user that no running program has locked: its descriptor, locked; else -1. */
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
		int fd = strncmp(e->d_name, STAGING_PREFIX, strlen(STAGING_PREFIX))
				 ? -1
				 : stale_open(parent, e->d_name);
		if (fd < 0)
			continue;
		dir_empty(fd); /* removes only what can be in a trace */
		unlinkat(parent, e->d_name, AT_REMOVEDIR);
		close(fd);
	}
	if (d)
		closedir(d);
}

/* Between its creation and its locking, another program may take it for stale and remove it: then
 * another name is tried. */
static int make_locked(struct staging *s)
{
	struct stat st;
	uint32_t random;

	for (unsigned tries = 0; tries < 100; tries++) {
		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -1;
		snprintf(s->name, sizeof(s->name), STAGING_PREFIX "%06x", random & 0xffffff);
		s->fd = dir_make(s->parent, s->name);
		if (s->fd < 0 && errno == EEXIST)
			continue;
		if (s->fd < 0)
			return -1;
		int rc = flock(s->fd, LOCK_EX | LOCK_NB);
		bool taken = rc && errno == EWOULDBLOCK;
		if (!rc && !(rc = fstat(s->fd, &st)) && st.st_nlink > 0)
			return 0;
		int error = errno;
		close(s->fd);
		s->fd = -1;
		if (rc && !taken) {
			unlinkat(s->parent, s->name, AT_REMOVEDIR);
			errno = error;
			return -1;
		}
	}
	errno = EEXIST;
	return -1;
}

int pack_staging_begin(struct staging *s, const char *where)
{
	*s = (struct staging){.fd = -1, .where = xstrdup(where)};
	s->parent = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->parent < 0)
		return trace_fail("%s: %s", where, strerror(errno));
	stale_remove(s->parent);
	return make_locked(s) ? trace_fail("%s: %s", where, strerror(errno)) : 0;
}

int pack_staging_done(struct staging *s, const char *name)
{
	int rc = renameat2(s->parent, s->name, s->parent, name, RENAME_NOREPLACE);

	/* The file system may not know this flag. A rename replaces an empty directory. */
	if (rc && (errno == EINVAL || errno == ENOSYS))
		rc = mkdirat(s->parent, name, 0700) ? -1
						    : renameat(s->parent, s->name, s->parent, name);
	if (rc)
		return trace_fail("%s/%s: %s", s->where, name,
				  errno == EEXIST ? "exists" : strerror(errno));
	close(s->fd);
	s->fd = -1;
	return 0;
}

void pack_staging_end(struct staging *s)
{
	if (s->fd >= 0) {
		dir_empty(s->fd);
		unlinkat(s->parent, s->name, AT_REMOVEDIR);
		close(s->fd);
	}
	if (s->parent >= 0)
		close(s->parent);
	free(s->where);
}
