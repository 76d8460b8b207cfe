/* Contents of files: read, named, compared and copied. Long runs of zeroes cost nothing. Private to
 * lib/pack. */
#ifndef RR_PACK_FILE_CONTENT_H
#define RR_PACK_FILE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTENT_DIGITS 32

/* A piece of this length, at a multiple of it, is a hole if all its bytes are zero. */
#define CONTENT_PIECE (64u << 10)

/* What is not holes: in order, as few ranges as possible. */
struct extent {
	uint64_t from, to;
};
struct extents {
	struct extent *v;
	size_t n;
};
void pack_extents_free(struct extents *e);

/* These return -1 and errno on errors, ESTALE if a file is shorter than `size`. */

/* Calls fn for each piece that is not a hole, until fn returns nonzero, which is returned. */
int pack_content_walk(int fd, uint64_t size,
		      int (*fn)(void *ctx, uint64_t at, const uint8_t *bytes, size_t n), void *ctx);
/* Makes the name of a copy with these contents (rr-trace(5), Packed traces); also lists the
 * extents, unless `where` is NULL. */
int pack_content_name(int fd, uint64_t size, char name[CONTENT_DIGITS + 1], struct extents *where);
/* 1: both files have the same contents; 0: not. Both have this size. */
int pack_content_same(int a, int b, uint64_t size);
/* Copies to a new file and sets its length; shares blocks where the file system can. */
int pack_content_copy(int from, int to, uint64_t size);

/* Whether it has the form of such a name. */
bool pack_content_is_name(const char *name);
/* A digest of a text. */
void pack_content_digest(const char *text, uint8_t digest[16]);

#endif
