#include "trace/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/error.h"
#include "util/util.h"

/* args_env last: what is left of a trace is known by it until the end. */
static const char *const trace_names[] = {"version", "version.new", "events", "mmaps", "data", "args_env"};

int dir_make(int at, const char *name)
{
	if (mkdirat(at, name, 0700) || fchmodat(at, name, 0700, 0))
		return -1;
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int dir_new_file(int at, const char *name)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		fchmod(fd, 0600);
	return fd;
}

static DIR *dir_read(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

static struct dirent *dir_next(DIR *d)
{
	struct dirent *e;

	while ((e = readdir(d)) && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0))
		;
	return e;
}

static bool is_plain(DIR *d, const char *name)
{
	struct stat st;

	return fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static bool all_plain(int at, const char *name)
{
	DIR *d = dir_read(at, name);
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
	for (size_t i = 0; i < ARRAY_LEN(trace_names); i++)
		if (strcmp(name, trace_names[i]) == 0)
			return is_plain(d, name);
	return false;
}

enum contents { EMPTY, TRACE, OTHER };

static enum contents dir_contents(int fd)
{
	DIR *d = dir_read(fd, ".");
	enum contents found = d ? EMPTY : OTHER;

	for (struct dirent *e; found != OTHER && (e = dir_next(d));)
		found = is_trace_entry(d, e->d_name) ? TRACE : OTHER;
	if (found == TRACE && !is_plain(d, "args_env"))
		found = OTHER;
	if (d)
		closedir(d);
	return found;
}

/* Removes what dir_contents() called a trace: known names, plain files, nothing deeper. */
static int dir_empty(int fd)
{
	DIR *files = dir_read(fd, "files");

	for (struct dirent *e; files && (e = dir_next(files));)
		unlinkat(dirfd(files), e->d_name, 0);
	if (files)
		closedir(files);
	if (unlinkat(fd, "files", AT_REMOVEDIR) && errno != ENOENT)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(trace_names); i++)
		if (unlinkat(fd, trace_names[i], 0) && errno != ENOENT)
			return -1;
	return 0;
}

static int dir_ready(int fd, const char *dir, bool replace)
{
	if (flock(fd, LOCK_EX | LOCK_NB))
		return trace_fail("%s: %s", dir, errno == EWOULDBLOCK ? "being written to" : strerror(errno));
	enum contents found = dir_contents(fd);
	if (found == EMPTY)
		return 0;
	if (found == TRACE && replace)
		return dir_empty(fd) ? trace_fail("%s: can't be replaced: %s", dir, strerror(errno)) : 0;
	errno = EEXIST;
	return trace_fail("%s: exists%s", dir, found == OTHER ? " and is not a trace" : "");
}

int dir_claim(const char *dir, bool replace)
{
	int fd = dir_make(AT_FDCWD, dir);

	if (fd < 0 && errno == EEXIST)
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return trace_fail("%s: %s", dir, strerror(errno));
	if (dir_ready(fd, dir, replace) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}
