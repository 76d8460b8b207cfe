/* What is in files, whatever they are called: walked, named, compared and copied. Long runs of
 * zeroes cost nothing. */
#ifndef RR_CONTENT_H
#define RR_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTENT_DIGITS 32

/* Pieces of this length, at multiples of it, are holes when all in them is zero. */
#define CONTENT_PIECE (64u << 10)

/* What is not holes, in order, as few as possible. */
struct extent {
	uint64_t from, to;
};
struct extents {
	struct extent *v;
	size_t n;
};
void extents_free(struct extents *e);

/* All return -1 and errno, ESTALE where the file is shorter than `size`. */

/* Calls fn for each piece that is not a hole, until it returns nonzero, which is returned. */
int content_walk(int fd, uint64_t size,
		 int (*fn)(void *ctx, uint64_t at, const uint8_t *bytes, size_t n), void *ctx);
/* The name that says what is in the file (rr-trace(5), Packed traces), and where it is if `where`
 * is not NULL. */
int content_name(int fd, uint64_t size, char name[CONTENT_DIGITS + 1], struct extents *where);
/* Whether it looks like such a name. */
bool content_is_name(const char *name);
/* 1: equal; 0: not. Both have this size. */
int content_same(int a, int b, uint64_t size);
/* To a new file, whose length is set; shares blocks where the file system can. */
int content_copy(int from, int to, uint64_t size);
/* A name made from a text: the same for the same text. */
void content_digest(const char *text, uint8_t digest[16]);

#endif
