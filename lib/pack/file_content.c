#include "pack/file_content.h"

#include "util/alloc.h"
#include "util/array.h"
#include "util/file_io.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xxhash.h>

#define BUFFER (1u << 20)

void pack_extents_free(struct extents *e)
{
	free(e->v);
	*e = (struct extents){0};
}

static void extents_add(struct extents *e, uint64_t from, uint64_t to)
{
	if (e->n && e->v[e->n - 1].to == from) {
		e->v[e->n - 1].to = to;
		return;
	}
	*ARRAY_ADD(e->v, e->n) = (struct extent){from, to};
}

static void add_extent(void *ctx, uint64_t from, uint64_t to)
{
	extents_add(ctx, from, to);
}

int pack_content_name(int fd, uint64_t size, char name[CONTENT_DIGITS + 1], uint64_t *sum,
		      struct extents *where)
{
	uint8_t digest[CONTENT_DIGITS / 2];
	int rc = content_digest(fd, size, digest, add_extent, where);

	content_name(digest, name);
	*sum = content_sum(digest);
	return rc;
}

void pack_content_digest(const char *text, uint8_t digest[16])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, XXH3_128bits(text, strlen(text)));
	memcpy(digest, c.digest, sizeof(c.digest));
}

int pack_content_same(int a, int b, uint64_t size)
{
	uint8_t *x = xmalloc(2 * BUFFER), *y = x + BUFFER;
	int same = 1;

	for (uint64_t at = 0; same == 1 && at < size;) {
		uint64_t in_a = content_next_data(a, at, size),
			 in_b = content_next_data(b, at, size);
		at = in_a < in_b ? in_a : in_b;
		size_t n = size - at < BUFFER ? size - at : BUFFER;
		if (content_read(a, x, n, at) || content_read(b, y, n, at))
			same = -1;
		else
			same = memcmp(x, y, n) == 0;
		at += n;
	}
	free(x);
	return same;
}

static int copy_by_hand(int from, int to, uint64_t at, uint64_t end)
{
	uint8_t *buffer = xmalloc(BUFFER);
	int rc = 0;

	while (rc == 0 && at < end) {
		size_t n = end - at < BUFFER ? end - at : BUFFER;
		ssize_t put =
			content_read(from, buffer, n, at) ? -1 : pwrite(to, buffer, n, (off_t)at);
		rc = put > 0 ? 0 : -1;
		at += put > 0 ? (uint64_t)put : 0;
	}
	free(buffer);
	return rc;
}

static int copy_range(int from, int to, uint64_t at, uint64_t end)
{
	while (at < end) {
		off_t in = (off_t)at, out = (off_t)at;
		ssize_t n = copy_file_range(from, &in, to, &out, end - at, 0);
		if (n < 0 &&
		    (errno == EXDEV || errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP))
			return copy_by_hand(from, to, at, end);
		if (n < 0)
			return -1;
		/* The end of the file, or a file system that generates contents when read. */
		if (n == 0)
			return copy_by_hand(from, to, at, end);
		at += (uint64_t)n;
	}
	return 0;
}

int pack_content_copy(int from, int to, uint64_t size)
{
	if (ioctl(to, FICLONE, from) == 0)
		return ftruncate(to, (off_t)size);
	if (ftruncate(to, (off_t)size))
		return -1;
	for (uint64_t at = 0; (at = content_next_data(from, at, size)) < size;) {
		off_t hole = lseek(from, (off_t)at, SEEK_HOLE);
		uint64_t end = hole > (off_t)at && (uint64_t)hole < size ? (uint64_t)hole : size;
		if (copy_range(from, to, at, end))
			return -1;
		at = end;
	}
	return 0;
}
