#include "trace/default_dir.h"

#include "trace/dir.h"
#include "trace/error.h"
#include "trace/trace.h"
#include "util/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *trace_default_dir(void)
{
	const char *dir = getenv("RR_TRACE_DIR"), *home = getenv("HOME");

	if (dir && *dir)
		return xstrdup(dir);
	if (!home || !*home) {
		const struct passwd *pw = getpwuid(getuid());
		home = pw ? pw->pw_dir : NULL;
	}
	if (home && *home)
		return xasprintf("%s/.rr", home);
	trace_fail("no place for a trace: neither RR_TRACE_DIR nor HOME is set");
	return NULL;
}

int trace_default_dir_check(const char *path)
{
	struct stat link, st;

	if (lstat(path, &link) || stat(path, &st))
		return trace_fail("%s: %s", path, strerror(errno));
	bool ours = (link.st_uid == geteuid() || link.st_uid == 0) &&
		    (st.st_uid == geteuid() || st.st_uid == 0);
	if (!ours)
		return trace_fail(
			"%s: belongs to another user: set RR_TRACE_DIR, or name the trace", path);
	if (st.st_mode & S_IWOTH && !(st.st_mode & S_ISVTX))
		return trace_fail(
			"%s: other users may write to it: set RR_TRACE_DIR, or name the trace",
			path);
	return 0;
}

/* Makes the directory and those above it that are missing. */
static int default_dir_make(const char *dir)
{
	char *path = xstrdup(dir);
	int rc = 0;

	for (char *p = path + 1; rc == 0 && *p; p++) {
		p += strcspn(p, "/");
		char c = *p;
		*p = 0;
		int fd = dir_make(AT_FDCWD, path);
		if (fd >= 0)
			close(fd);
		else if (errno != EEXIST)
			rc = trace_fail("%s: %s", path, strerror(errno));
		*p = c;
		if (!c)
			break;
	}
	free(path);
	return rc ? rc : trace_default_dir_check(dir);
}

/* The beginning of the names of this program's traces, without characters that have a meaning for a
 * shell, a terminal or an option parser. */
static char *trace_base(const char *exe)
{
	const char *slash = strrchr(exe, '/');
	char *base = xasprintf("%.200s", slash ? slash + 1 : exe);

	if (!*base) {
		free(base);
		return xstrdup("trace");
	}
	for (char *p = base; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			*p = '_';
	if (*base == '-' || *base == '.')
		*base = '_';
	return base;
}

/* The smallest n that is above that of every "<base>-<n>" in the directory. */
static unsigned long number_free(const char *place, const char *base)
{
	size_t len = strlen(base);
	unsigned long last = 0;
	DIR *d = opendir(place);

	for (struct dirent *e; d && (e = readdir(d));) {
		const char *name = e->d_name;
		if (strncmp(name, base, len) || name[len] != '-' || name[len + 1] < '0' ||
		    name[len + 1] > '9')
			continue;
		char *end;
		unsigned long n = strtoul(name + len + 1, &end, 10);
		if (!*end && n > last && n < ULONG_MAX)
			last = n;
	}
	if (d)
		closedir(d);
	return last + 1;
}

char *trace_fresh_dir(const char *exe)
{
	char *place = trace_default_dir(), *dir = NULL;

	if (!place || default_dir_make(place)) {
		free(place);
		return NULL;
	}
	char *base = trace_base(exe);
	/* Another recorder may take the same number; the one that creates the directory gets it. */
	for (unsigned long n = number_free(place, base); !dir; n++) {
		dir = xasprintf("%s/%s-%lu", place, base, n);
		int fd = dir_make(AT_FDCWD, dir);
		if (fd >= 0) {
			close(fd);
			break;
		}
		int error = errno;
		if (error != EEXIST)
			trace_fail("%s: %s", dir, strerror(error));
		free(dir);
		dir = NULL;
		if (error != EEXIST)
			break;
	}
	free(base);
	free(place);
	return dir;
}

void trace_set_latest(const char *dir)
{
	char *place = trace_default_dir();
	char *full = realpath(dir, NULL), *full_place = place ? realpath(place, NULL) : NULL;
	char *base = full ? strrchr(full, '/') : NULL;

	if (base && full_place && (size_t)(base - full) == strlen(full_place) &&
	    memcmp(full, full_place, (size_t)(base - full)) == 0) {
		char *link = xasprintf("%s/latest-trace", full_place);
		char *fresh = xasprintf("%s/.latest-trace-%d", full_place, (int)getpid());
		unlink(fresh);
		if (symlink(base + 1, fresh) || rename(fresh, link))
			unlink(fresh);
		free(fresh);
		free(link);
	}
	free(full);
	free(full_place);
	free(place);
}
