/* A temporary directory: it is made and entered here, and removed with its contents when this
 * process exits. */
#ifndef TEMPDIR_H
#define TEMPDIR_H
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char tempdir_path[PATH_MAX];
static pid_t tempdir_owner;

static void tempdir_empty(int dir)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (!unlinkat(dirfd(d), e->d_name, 0))
			continue;
		int sub = openat(dirfd(d), e->d_name,
				 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			tempdir_empty(sub);
		unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	if (d)
		closedir(d);
}

static void tempdir_remove(void)
{
	if (getpid() != tempdir_owner)
		return;
	int dir = open(tempdir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		tempdir_empty(dir);
	rmdir(tempdir_path);
}

static inline void tempdir_enter(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(tempdir_path, sizeof(tempdir_path), "%s/rr-program-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(tempdir_path) || chdir(tempdir_path)) {
		perror(tempdir_path);
		exit(1);
	}
	tempdir_owner = getpid();
	atexit(tempdir_remove);
}

/* SKIP does not run the exit handlers. */
#define TEMPDIR_SKIP(why) \
	do { \
		tempdir_remove(); \
		SKIP(why); \
	} while (0)
#endif
