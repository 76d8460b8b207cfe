#include "util/content.h"

#include "util/alloc.h"
#include "util/file_io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define BUFFER (1u << 20)

static bool all_zero(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

uint64_t content_next_data(int fd, uint64_t at, uint64_t size)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO ? size : at;
	return (uint64_t)data < size ? (uint64_t)data : size;
}

int content_read(int fd, void *buffer, size_t n, uint64_t at)
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

int content_walk(int fd, uint64_t size,
		 int (*fn)(void *ctx, uint64_t at, const uint8_t *bytes, size_t n), void *ctx)
{
	uint8_t *buffer = xmalloc(BUFFER);
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < size;) {
		uint64_t data = content_next_data(fd, at, size);
		at = data - data % CONTENT_PIECE;
		if (data == size)
			break;
		size_t n = size - at < BUFFER ? size - at : BUFFER;
		rc = content_read(fd, buffer, n, at);
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

struct digesting {
	XXH3_state_t *hash;
	void (*piece)(void *ctx, uint64_t from, uint64_t to);
	void *ctx;
};

static int digest_piece(void *ctx, uint64_t at, const uint8_t *bytes, size_t n)
{
	struct digesting *d = ctx;
	uint8_t offset[8];

	put_le64(offset, at);
	XXH3_128bits_update(d->hash, offset, sizeof(offset));
	XXH3_128bits_update(d->hash, bytes, n);
	if (d->piece)
		d->piece(d->ctx, at, at + n);
	return 0;
}

int content_digest(int fd, uint64_t size, uint8_t digest[CONTENT_DIGITS / 2],
		   void (*piece)(void *ctx, uint64_t from, uint64_t to), void *ctx)
{
	struct digesting d = {XXH3_createState(), piece, ctx};
	XXH128_canonical_t canonical;
	uint8_t length[8];

	if (!d.hash) {
		errno = ENOMEM;
		return -1;
	}
	XXH3_128bits_reset(d.hash);
	int rc = content_walk(fd, size, digest_piece, &d);
	put_le64(length, size);
	XXH3_128bits_update(d.hash, length, sizeof(length));
	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(d.hash));
	XXH3_freeState(d.hash);
	memcpy(digest, canonical.digest, sizeof(canonical.digest));
	return rc;
}

uint64_t content_sum(const uint8_t digest[CONTENT_DIGITS / 2])
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < 8; i++)
		sum = sum << 8 | digest[i];
	return sum;
}

void content_name(const uint8_t digest[CONTENT_DIGITS / 2], char *name)
{
	for (unsigned i = 0; i < CONTENT_DIGITS / 2; i++)
		sprintf(name + 2 * i, "%02x", digest[i]);
}

bool content_is_name(const char *name)
{
	return strlen(name) == CONTENT_DIGITS && strspn(name, "0123456789abcdef") == CONTENT_DIGITS;
}
