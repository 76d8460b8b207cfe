#include "util/host.h"

#include "util/alloc.h"
#include "util/deflate.h"
#include "util/file_io.h"
#include "util/procfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

DIR *dir_list(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

struct dirent *dir_next(DIR *d)
{
	struct dirent *e;

	if (!d)
		return NULL;
	errno = 0;
	while ((e = readdir(d)) && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0))
		;
	return e;
}

int64_t stat_mtime_ns(const struct stat *st)
{
	return st->st_mtim.tv_sec * 1000000000ll + st->st_mtim.tv_nsec;
}

bool stat_is_file(const struct stat *st, uint64_t size, int64_t mtime_ns)
{
	return S_ISREG(st->st_mode) && (uint64_t)st->st_size == size &&
	       stat_mtime_ns(st) == mtime_ns;
}

int file_each_extent(int fd, uint64_t from, uint64_t to,
		     int (*fn)(void *ctx, int fd, uint64_t from, uint64_t to), void *ctx)
{
	while (from < to) {
		off_t data = lseek(fd, (off_t)from, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			return 0;
		if (data < 0) /* not a file with holes */
			return fn(ctx, fd, from, to) ? -1 : 0;
		off_t hole = lseek(fd, data, SEEK_HOLE);
		uint64_t end = hole > data ? (uint64_t)hole : to;
		if ((uint64_t)data >= to)
			return 0;
		if (end > to)
			end = to;
		if (fn(ctx, fd, (uint64_t)data, end))
			return -1;
		from = end;
	}
	return 0;
}

static int copy_extent(void *ctx, int in, uint64_t from, uint64_t to)
{
	static char buf[256 << 10];

	while (from < to) {
		size_t want = to - from < sizeof(buf) ? to - from : sizeof(buf);
		ssize_t n = pread_all(in, buf, want, from);
		if (n <= 0)
			return n < 0 ? -1 : 0;
		if (pwrite_all(*(int *)ctx, buf, (size_t)n, from))
			return -1;
		from += (uint64_t)n;
	}
	return 0;
}

int file_copy_data(int in, int out, uint64_t from, uint64_t to)
{
	return file_each_extent(in, from, to, copy_extent, &out);
}

int host_open(const char *path)
{
	struct stat st;
	/* First with O_PATH, because opening a pipe blocks, and opening some devices has
	 * effects. */
	int named = open(path, O_PATH | O_CLOEXEC), fd = -1;

	if (named < 0)
		return -1;
	if (fstat(named, &st) == 0 && !S_ISREG(st.st_mode))
		errno = EINVAL;
	else
		fd = open(proc_fd(0, named).path, O_RDONLY | O_CLOEXEC);
	int error = errno;
	close(named);
	errno = error;
	return fd;
}

int file_crc32(int fd, uint64_t *size, uint32_t *crc)
{
	const size_t piece = 256 << 10;
	uint8_t *buffer = xmalloc(piece);
	ssize_t n;

	for (*size = *crc = 0; (n = pread_all(fd, buffer, piece, *size)) > 0; *size += (uint64_t)n)
		*crc = crc32_add(*crc, buffer, (size_t)n);
	free(buffer);
	return n < 0 ? -1 : 0;
}
