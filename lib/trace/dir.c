#include "trace/dir.h"

#include "trace/error.h"
#include "util/host.h"
#include "util/size.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* args_env is removed last, because a partly removed trace is recognized by it. */
static const char *const trace_names[] = {"version", "events", "mmaps", "data", "args_env"};

#define CRC_DIGITS 8

const char *part_name(char out[PART_NAME_MAX], const char *name, uint32_t crc)
{
	snprintf(out, PART_NAME_MAX, "%s.%08x", name, (unsigned)crc);
	return out;
}

/* Whether this suffix of a trace file's name marks a replacement of that file. */
static bool part_is_spare(const char *suffix)
{
	if (*suffix != '.')
		return false;
	return strcmp(suffix, PART_NEW) == 0 ||
	       (strlen(suffix) == 1 + CRC_DIGITS &&
		strspn(suffix + 1, "0123456789abcdef") == CRC_DIGITS);
}

/* Whether a trace may have a file of this name: one of trace_names, or a replacement
 * (replace.h). */
static bool is_trace_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(trace_names); i++) {
		size_t len = strlen(trace_names[i]);
		if (strncmp(name, trace_names[i], len) == 0 &&
		    (!name[len] || part_is_spare(name + len)))
			return true;
	}
	return false;
}

int dir_make(int at, const char *name)
{
	if (mkdirat(at, name, 0700))
		return -1;
	int fd = fchmodat(at, name, 0700, 0) ? -1
					     : openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		int error = errno;
		unlinkat(at, name, AT_REMOVEDIR);
		errno = error;
	}
	return fd;
}

int dir_new_file(int at, const char *name)
{
	int fd = openat(at, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		fchmod(fd, 0600);
	return fd;
}

static bool is_plain(DIR *d, const char *name)
{
	struct stat st;

	return fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static bool all_plain(int at, const char *name)
{
	DIR *d = dir_list(at, name);
	bool good = d;

	for (struct dirent *e; good && (e = dir_next(d));)
		good = is_plain(d, e->d_name);
	if (d)
		closedir(d);
	return good;
}

static bool is_trace_entry(DIR *d, const char *name)
{
	if (strcmp(name, "files") == 0)
		return all_plain(dirfd(d), name);
	return is_trace_name(name) && is_plain(d, name);
}

enum contents { EMPTY, TRACE, OTHER, UNKNOWN }; /* UNKNOWN: errno says why */

static enum contents dir_contents(int fd)
{
	DIR *d = dir_list(fd, ".");
	enum contents found = d ? EMPTY : UNKNOWN;

	for (struct dirent *e; found != OTHER && (e = dir_next(d));)
		found = is_trace_entry(d, e->d_name) ? TRACE : OTHER;
	if (d && found != OTHER && errno)
		found = UNKNOWN;
	if (found == TRACE && !is_plain(d, "args_env"))
		found = OTHER;
	int error = errno;
	if (d)
		closedir(d);
	errno = error;
	return found;
}

void dir_remove_spares(int fd)
{
	DIR *d = dir_list(fd, ".");

	for (struct dirent *e; (e = dir_next(d));)
		if (is_trace_name(e->d_name) && strchr(e->d_name, '.'))
			unlinkat(fd, e->d_name, 0);
	if (d)
		closedir(d);
}

/* Removes what dir_contents() called a trace: known names, plain files, nothing deeper. */
int dir_empty(int fd)
{
	DIR *files = dir_list(fd, "files");

	/* The events first: if this is interrupted, the rest is not taken for a trace. */
	unlinkat(fd, "events", 0);
	for (struct dirent *e; (e = dir_next(files));)
		unlinkat(dirfd(files), e->d_name, 0);
	if (files)
		closedir(files);
	if (unlinkat(fd, "files", AT_REMOVEDIR) && errno != ENOENT)
		return -1;
	dir_remove_spares(fd);
	for (size_t i = 0; i < ARRAY_LEN(trace_names); i++)
		if (unlinkat(fd, trace_names[i], 0) && errno != ENOENT)
			return -1;
	return 0;
}

/* trace_reader_live() locks it for a moment when it asks whether it is locked. */
int dir_lock(int fd, const char *dir)
{
	static const struct timespec pause = {.tv_nsec = 1000000};
	int rc;

	for (unsigned tries = 0;
	     (rc = flock(fd, LOCK_EX | LOCK_NB)) && errno == EWOULDBLOCK && tries < 20; tries++)
		nanosleep(&pause, NULL);
	return rc ? trace_fail("%s: %s", dir,
			       errno == EWOULDBLOCK ? "being written to" : strerror(errno))
		  : 0;
}

static int dir_ready(int fd, const char *dir, bool replace)
{
	if (dir_lock(fd, dir))
		return -1;
	enum contents found = dir_contents(fd);
	if (found == EMPTY)
		return 0;
	if (found == TRACE && replace)
		return dir_empty(fd) ? trace_fail("%s: can't be replaced: %s", dir, strerror(errno))
				     : 0;
	if (found == UNKNOWN)
		return trace_fail("%s: %s", dir, strerror(errno));
	errno = EEXIST;
	return trace_fail("%s: exists%s", dir, found == OTHER ? " and is not a trace" : "");
}

int dir_claim(const char *dir, bool replace, bool *made)
{
	int fd = dir_make(AT_FDCWD, dir);

	*made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return trace_fail("%s: %s", dir, strerror(errno));
	if (dir_ready(fd, dir, replace) == 0)
		return fd;
	int error = errno;
	close(fd);
	if (*made)
		rmdir(dir);
	errno = error;
	return -1;
}
