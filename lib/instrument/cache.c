/* The cache of code files, $XDG_CACHE_HOME/rr (~/.cache/rr), which all recordings share.
 *
 * A file's name says what it was made from, so files never change. A file appears as a whole, by
 * rename. If the cache is too large, the least recently used files are removed. Damaged files are
 * made once more. Without a usable directory code files are made in memory.
 *
 * Nothing waits for the disk, so a power cut may leave a file with its name but without its bytes.
 * Such a file was made before the machine's last boot. Therefore the checksum of a file from before
 * is compared when it is used, once: what has passed gets the owner's execute permission. Reading
 * all of a large file each time would cost more than the few pages of it that a program executes.
 */
#include "instrument/image.h"
#include "instrument/instrument.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/file_io.h"
#include "util/host.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define CACHE_MAX (4ull << 30) /* bytes, unless $RR_CACHE_MAX is set */
#define TOUCH_S 86400          /* precision of a file's time of last use */
/* The beginning of a file that says why there is nothing to rewrite. */
#define NOTHING "nothing: "
#define NOTHING_MAX 256
/* Modes of the files: as made, and if all of it is known to be on the disk. */
#define CODE_FILE 0400
#define CODE_FILE_WHOLE 0500

/* The name for an ELF file: from build-id, size and modification time, because stripped or patched
 * files keep the build-id. Without a build-id, from device and inode number, too. */
static char *name_for(const uint8_t build_id[BUILD_ID_LEN], const struct stat *st)
{
	char hex[2 * BUILD_ID_LEN + 1];
	unsigned long long mtime = (unsigned long long)stat_mtime_ns(st);
	bool some = false;

	for (size_t i = 0; i < BUILD_ID_LEN; i++) {
		some |= build_id[i];
		sprintf(hex + 2 * i, "%02x", build_id[i]);
	}
	if (some)
		return xasprintf("%s-%llx-%llx-v%d", hex, (unsigned long long)st->st_size, mtime,
				 CODE_EDITION);
	return xasprintf("file-%llx-%llx-%llx-%llx-%llx-v%d", (unsigned long long)st->st_dev,
			 (unsigned long long)st->st_ino, (unsigned long long)st->st_size, mtime,
			 (unsigned long long)st->st_ctim.tv_sec * 1000000000u +
				 (unsigned long)st->st_ctim.tv_nsec,
			 CODE_EDITION);
}

/* The cache's directory, created if it is missing. -1: there is none to which only this user can
 * write. */
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
	for (size_t i = 0; i + 1 < n && total > max;
	     i++) { /* the newest stays, because it is in use */
		unlinkat(dir, v[i].name, 0);
		total -= v[i].size;
	}
}

/* A file that is being made is locked. */
static void remove_if_stale(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(dir, name, 0);
	close(fd);
}

/* Keeps the directory within its limit, and removes partial files of killed recorders. */
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

/* The reason in a file that says why there is nothing to rewrite, else NULL. The text is never
 * freed; there are few. */
static const char *why_nothing(int fd)
{
	char text[NOTHING_MAX];
	ssize_t n = pread_all(fd, text, sizeof(text) - 1, 0);

	if (n < (ssize_t)strlen(NOTHING) || strncmp(text, NOTHING, strlen(NOTHING)) != 0)
		return NULL;
	text[n] = '\0';
	text_make_plain(text);
	return xstrdup(text + strlen(NOTHING));
}

/* Whether the file is ours: it is also linked into traces, and may have changed its owner with one
 * of them. */
static bool is_ours(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_uid == geteuid() && !(st.st_mode & 022);
}

static bool is_on_overlay(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

/* A file of a container image would be copied for that. */
static void touch(int fd)
{
	struct stat st;

	if (!is_on_overlay(fd) && !fstat(fd, &st) && time(NULL) - st.st_mtime > TOUCH_S)
		futimens(fd, NULL);
}

/* Writes to fd a code file, or why there is none. -1: it cannot be written. */
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

/* Files that this process has made since it last called tidy(), which looks at all files. */
static unsigned untidy;
#define UNTIDY_MAX 64

/* Makes the file and gives it its name. Returns a descriptor for reading, or -1. */
static int make_in(int dir, const char *name, int elf_fd)
{
	static unsigned count;
	char *tmp = xasprintf("new.%d.%u", (int)getpid(), count++);
	int fd = openat(dir, tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600),
	    ro = -1;

	if (fd >= 0) {
		/* If another process took it for stale before it was locked, it gets no name, and
		 * is made in memory. */
		bool stale = flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
		if (!stale && !make(elf_fd, fd) && !fchmod(fd, CODE_FILE) &&
		    !renameat(dir, tmp, dir, name))
			ro = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		else
			unlinkat(dir, tmp, 0);
		close(fd);
	}
	free(tmp);
	if (ro >= 0 && ++untidy >= UNTIDY_MAX) {
		tidy(dir);
		untidy = 0;
	}
	return ro;
}

static bool is_known_whole(int fd)
{
	struct stat st;

	return !fstat(fd, &st) &&
	       ((st.st_mode & S_IXUSR) || clock_in_this_boot(stat_mtime_ns(&st)));
}

/* Takes ownership of fd. NULL with *why NULL: the file is damaged. */
static struct code_image *take(int fd, const char **why)
{
	*why = why_nothing(fd);
	if (*why) {
		close(fd);
		return NULL;
	}
	return code_image_open(fd);
}

/* The same for a file that another process may have made, before a power cut. */
static struct code_image *take_cached(int fd, const char **why)
{
	bool whole = is_known_whole(fd);
	struct code_image *img = take(fd, why);

	if (!img || whole)
		return img;
	if (!code_image_is_whole(img)) {
		code_image_close(img);
		return NULL;
	}
	if (!is_on_overlay(img->fd))
		fchmod(img->fd, CODE_FILE_WHOLE);
	return img;
}

bool code_cache_is_usable(void)
{
	int dir = cache_dir();

	if (dir >= 0)
		close(dir);
	return dir >= 0;
}

void code_cache_tidy(void)
{
	int dir = untidy ? cache_dir() : -1;

	if (dir < 0)
		return;
	tidy(dir);
	untidy = 0;
	close(dir);
}

/* The cached file for that ELF file. -1: there is none of this user's. */
static int cached_open(int dir, const char *name)
{
	int fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && !is_ours(fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int code_cache_keep(int elf_fd, const uint8_t build_id[BUILD_ID_LEN])
{
	struct stat st;
	int rc = -1;

	if (fstat(elf_fd, &st))
		return -1;
	char *name = name_for(build_id, &st);
	int dir = cache_dir(), fd = cached_open(dir, name);
	if (fd >= 0 && !fstat(fd, &st))
		rc = (st.st_mode & S_IXUSR) ? 0 : fdatasync(fd) ? -1 : fchmod(fd, CODE_FILE_WHOLE);
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	free(name);
	errno = error;
	return rc;
}

bool code_cache_has(int elf_fd, const uint8_t build_id[BUILD_ID_LEN])
{
	struct stat st;
	bool has = false;
	int dir = cache_dir();

	if (dir >= 0 && !fstat(elf_fd, &st)) {
		char *name = name_for(build_id, &st);
		has = !faccessat(dir, name, R_OK, 0);
		free(name);
	}
	if (dir >= 0)
		close(dir);
	return has;
}

struct code_image *code_cache_get(int elf_fd, const uint8_t build_id[BUILD_ID_LEN],
				  const char **why)
{
	struct code_image *img = NULL;
	struct stat st;
	int fd = -1;

	*why = NULL;
	if (fstat(elf_fd, &st))
		return NULL;
	char *name = name_for(build_id, &st);
	int dir = cache_dir();
	if ((fd = cached_open(dir, name)) >= 0)
		img = take_cached(fd, why);
	if (img)
		touch(img->fd);
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
