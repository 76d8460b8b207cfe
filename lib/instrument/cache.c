/* Code files are kept under $XDG_CACHE_HOME/rr (~/.cache/rr), made once for all recordings.
 *
 * A name says what a file was made from, so nothing there is ever changed: it appears whole, by
 * rename, and is removed when all together are too large, the longest unused first. What is damaged
 * is made once more. Without a usable directory code files are made in memory.
 */
#include "instrument/image.h"
#include "instrument/instrument.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/build_id.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CACHE_MAX (4ull << 30) /* bytes; $RR_CACHE_MAX says otherwise */
#define TOUCH_S 86400          /* how precisely the last use is known */
/* A file that says why there is nothing to rewrite begins so. */
#define NOTHING "nothing: "
#define NOTHING_MAX 256

/* A file with a build-id is known by it, its size and its time stamp (files that were stripped or
 * patched keep the build-id); another one by where it is as well. */
static char *name_for(int fd, const struct stat *st)
{
	uint8_t id[BUILD_ID_MAX];
	char hex[2 * BUILD_ID_MAX + 1] = "";
	unsigned long long mtime = (unsigned long long)stat_mtime_ns(st);

	size_t n = build_id_read(fd, id);
	for (size_t i = 0; i < n; i++)
		sprintf(hex + 2 * i, "%02x", id[i]);
	if (hex[0])
		return xasprintf("%s-%llx-%llx-v%d", hex, (unsigned long long)st->st_size, mtime,
				 CODE_EDITION);
	return xasprintf("file-%llx-%llx-%llx-%llx-%llx-v%d", (unsigned long long)st->st_dev,
			 (unsigned long long)st->st_ino, (unsigned long long)st->st_size, mtime,
			 (unsigned long long)st->st_ctim.tv_sec * 1000000000u +
				 (unsigned long)st->st_ctim.tv_nsec,
			 CODE_EDITION);
}

/* The cache's directory, made if it is not there; -1 if there is none that only we can write to. */
static int cache_dir(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct stat st;
	char *parent, *dir;

	if (xdg && xdg[0] == '/')
		parent = xstrdup(xdg);
	else if (home && home[0] == '/')
		parent = xasprintf("%s/.cache", home);
	else
		return -1;
	dir = xasprintf("%s/rr", parent);
	mkdir(parent, 0700);
	mkdir(dir, 0700);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(dir);
	free(parent);
	if (fd >= 0 && (fstat(fd, &st) || st.st_uid != geteuid() || (st.st_mode & 022))) {
		close(fd);
		return -1;
	}
	return fd;
}

struct cached {
	char *name;
	uint64_t size;
	time_t used;
};

static int older(const void *a, const void *b)
{
	const struct cached *x = a, *y = b;

	return x->used < y->used ? -1 : x->used > y->used;
}

static void remove_oldest(int dir, struct cached *v, size_t n, uint64_t total)
{
	const char *text = getenv("RR_CACHE_MAX");
	uint64_t max = text ? strtoull(text, NULL, 0) : CACHE_MAX;

	qsort(v, n, sizeof(*v), older);
	for (size_t i = 0; i + 1 < n && total > max; i++) { /* the newest stays: it is in use */
		unlinkat(dir, v[i].name, 0);
		total -= v[i].size;
	}
}

/* Whoever makes a file has it locked. */
static void remove_if_stale(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(dir, name, 0);
	close(fd);
}

/* Keeps the directory within its bounds, and free of what killed recorders have left half done. */
static void tidy(int dir)
{
	struct cached *v = NULL;
	size_t n = 0;
	uint64_t total = 0;
	struct stat st;
	DIR *d = dir_list(dir, ".");

	if (!d)
		return;
	for (struct dirent *e; (e = dir_next(d));) {
		if (fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			continue;
		if (!strncmp(e->d_name, "new.", 4)) {
			remove_if_stale(dir, e->d_name);
			continue;
		}
		*ARRAY_ADD(v, n) = (struct cached){xstrdup(e->d_name), (uint64_t)st.st_blocks * 512,
						   st.st_mtime};
		total += (uint64_t)st.st_blocks * 512;
	}
	remove_oldest(dir, v, n, total);
	for (size_t i = 0; i < n; i++)
		free(v[i].name);
	free(v);
	closedir(d);
}

/* What the file says of why there is nothing; NULL if it says something else. The text is kept for
 * ever: there are few. */
static const char *why_nothing(int fd)
{
	char text[NOTHING_MAX];
	ssize_t n = pread_all(fd, text, sizeof(text) - 1, 0);

	if (n < (ssize_t)strlen(NOTHING) || strncmp(text, NOTHING, strlen(NOTHING)) != 0)
		return NULL;
	text[n] = '\0';
	line_plain(text);
	return xstrdup(text + strlen(NOTHING));
}

/* It is a link to a file in traces, too, which may have been given to others with one of them. */
static bool is_ours(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_uid == geteuid() && !(st.st_mode & 022);
}

static void touch(int fd)
{
	struct stat st;

	if (!fstat(fd, &st) && time(NULL) - st.st_mtime > TOUCH_S)
		futimens(fd, NULL);
}

/* A code file, or one that says why there is none, written to fd; -1 if it could not be. */
static int make(int elf_fd, int fd)
{
	struct instrument_report rep = {0};
	char text[NOTHING_MAX];
	const char *why = NULL;
	int r = instrument_file(elf_fd, fd, &rep, &why);

	if (r <= 0)
		return r;
	int n = snprintf(text, sizeof(text), NOTHING "%s", why ? why : "not known");
	return ftruncate(fd, 0) || pwrite_all(fd, text, (size_t)n, 0) ? -1 : 0;
}

static int in_memory(int elf_fd)
{
	int fd = memfd_create("rr-code", MFD_CLOEXEC);

	if (fd >= 0 && make(elf_fd, fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Makes the file and gives it its name, under which it is whole even after a power cut: no later
 * reader checks all of it. A descriptor for reading, or -1. */
static int make_in(int dir, const char *name, int elf_fd)
{
	static unsigned count;
	char *tmp = xasprintf("new.%d.%u", (int)getpid(), count++);
	int fd = openat(dir, tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600),
	    ro = -1;

	if (fd >= 0) {
		/* Taken for stale before it is locked, it gets no name, and is made in memory. */
		bool stale = flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
		if (!stale && !make(elf_fd, fd) && !fchmod(fd, 0400) && !fdatasync(fd) &&
		    !renameat(dir, tmp, dir, name))
			ro = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		else
			unlinkat(dir, tmp, 0);
		close(fd);
	}
	free(tmp);
	if (ro >= 0)
		tidy(dir);
	return ro;
}

/* Takes fd. NULL and *why NULL: damaged. */
static struct code_image *take(int fd, const char **why)
{
	*why = why_nothing(fd);
	if (*why) {
		close(fd);
		return NULL;
	}
	return code_image_open(fd);
}

bool code_cache_has(int elf_fd)
{
	struct stat st;
	bool has = false;
	int dir = cache_dir();

	if (dir >= 0 && !fstat(elf_fd, &st)) {
		char *name = name_for(elf_fd, &st);
		has = !faccessat(dir, name, R_OK, 0);
		free(name);
	}
	if (dir >= 0)
		close(dir);
	return has;
}

struct code_image *code_cache_get(int elf_fd, const char **why)
{
	struct code_image *img = NULL;
	struct stat st;
	int fd = -1;

	*why = NULL;
	if (fstat(elf_fd, &st))
		return NULL;
	char *name = name_for(elf_fd, &st);
	int dir = cache_dir();
	if (dir >= 0 && (fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) >= 0) {
		if (is_ours(fd)) {
			touch(fd);
			img = take(fd, why);
		} else {
			close(fd);
		}
	}
	if (!img && !*why) {
		fd = dir >= 0 ? make_in(dir, name, elf_fd) : -1;
		if (fd < 0)
			fd = in_memory(elf_fd);
		if (fd >= 0)
			img = take(fd, why);
	}
	if (dir >= 0)
		close(dir);
	free(name);
	return img;
}
