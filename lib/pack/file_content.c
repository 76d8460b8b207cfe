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

static bool all_zero(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* The first offset from `at` on that is not in a hole; `size` if there is none. A file system that
 * does not know of holes has none. */
static uint64_t next_data(int fd, uint64_t at, uint64_t size)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? size : at;
	return (uint64_t)data < size ? (uint64_t)data : size;
}

static int read_whole(int fd, void *buffer, size_t n, uint64_t at)
{
	ssize_t got = pread_all(fd, buffer, n, at);

	if (got >= 0 && (size_t)got != n)
		errno = ESTALE;
	return got >= 0 && (size_t)got == n ? 0 : -1;
}

static int pieces(const uint8_t *bytes, size_t n, uint64_t at,
		  int (*fn)(void *ctx, uint64_t at, const uint8_t *bytes, size_t n), void *ctx)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i += CONTENT_PIECE) {
		size_t len = n - i < CONTENT_PIECE ? n - i : CONTENT_PIECE;
		if (!all_zero(bytes + i, len))
			rc = fn(ctx, at + i, bytes + i, len);
	}
	return rc;
}

int pack_content_walk(int fd, uint64_t size,
		      int (*fn)(void *ctx, uint64_t at, const uint8_t *bytes, size_t n), void *ctx)
{
	uint8_t *buffer = xmalloc(BUFFER);
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < size;) {
		uint64_t data = next_data(fd, at, size);
		at = data - data % CONTENT_PIECE;
		if (data == size)
			break;
		size_t n = size - at < BUFFER ? size - at : BUFFER;
		rc = read_whole(fd, buffer, n, at);
		if (rc == 0)
			rc = pieces(buffer, n, at, fn, ctx);
		at += n;
	}
	free(buffer);
	return rc;
}

static void put_le64(uint8_t p[8], uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

struct naming {
	XXH3_state_t *hash;
	struct extents *where;
};

static int name_piece(void *ctx, uint64_t at, const uint8_t *bytes, size_t n)
{
	struct naming *nm = ctx;
	uint8_t offset[8];

	put_le64(offset, at);
	XXH3_128bits_update(nm->hash, offset, sizeof(offset));
	XXH3_128bits_update(nm->hash, bytes, n);
	if (nm->where)
		extents_add(nm->where, at, at + n);
	return 0;
}

int pack_content_name(int fd, uint64_t size, char name[CONTENT_DIGITS + 1], struct extents *where)
{
	struct naming nm = {XXH3_createState(), where};
	XXH128_canonical_t digest;
	uint8_t length[8];

	if (!nm.hash) {
		errno = ENOMEM;
		return -1;
	}
	XXH3_128bits_reset(nm.hash);
	int rc = pack_content_walk(fd, size, name_piece, &nm);
	put_le64(length, size);
	XXH3_128bits_update(nm.hash, length, sizeof(length));
	XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(nm.hash));
	XXH3_freeState(nm.hash);
	for (unsigned i = 0; i < sizeof(digest.digest); i++)
		sprintf(name + 2 * i, "%02x", digest.digest[i]);
	return rc;
}

bool pack_content_is_name(const char *name)
{
	return strlen(name) == CONTENT_DIGITS && strspn(name, "0123456789abcdef") == CONTENT_DIGITS;
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
		uint64_t in_a = next_data(a, at, size), in_b = next_data(b, at, size);
		at = in_a < in_b ? in_a : in_b;
		size_t n = size - at < BUFFER ? size - at : BUFFER;
		if (read_whole(a, x, n, at) || read_whole(b, y, n, at))
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
			read_whole(from, buffer, n, at) ? -1 : pwrite(to, buffer, n, (off_t)at);
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
	for (uint64_t at = 0; (at = next_data(from, at, size)) < size;) {
		off_t hole = lseek(from, (off_t)at, SEEK_HOLE);
		uint64_t end = hole > (off_t)at && (uint64_t)hole < size ? (uint64_t)hole : size;
		if (copy_range(from, to, at, end))
			return -1;
		at = end;
	}
	return 0;
}
