/* Contents of files, hashed. Long runs of zeroes cost nothing. */
#ifndef RR_CONTENT_H
#define RR_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Hexadecimal digits of the name that a file with some contents has: rr-trace(5), Packed traces. */
#define CONTENT_DIGITS 32

/* A piece of this length, at a multiple of it, is a hole if all its bytes are zero. */
#define CONTENT_PIECE (64u << 10)

/* These return -1 and errno on errors, ESTALE if a file is shorter than `size`. */

/* Calls fn for each piece that is not a hole, until fn returns nonzero, which is returned. */
int content_walk(int fd, uint64_t size,
		 int (*fn)(void *ctx, uint64_t at, const uint8_t *bytes, size_t n), void *ctx);
/* The digest whose hexadecimal digits are that name. piece: is called for each piece that is not a
 * hole; NULL: it is not. */
int content_digest(int fd, uint64_t size, uint8_t digest[CONTENT_DIGITS / 2],
		   void (*piece)(void *ctx, uint64_t from, uint64_t to), void *ctx);
/* The first 16 digits of it, as a number. */
uint64_t content_sum(const uint8_t digest[CONTENT_DIGITS / 2]);
/* name has CONTENT_DIGITS + 1 bytes. */
void content_name(const uint8_t digest[CONTENT_DIGITS / 2], char *name);
/* Whether it has the form of such a name. */
bool content_is_name(const char *name);

/* The first offset from `at` on that is not in a hole; `size` if there is none. A file system that
 * does not know of holes has none. */
uint64_t content_next_data(int fd, uint64_t at, uint64_t size);
/* Reads all n bytes. */
int content_read(int fd, void *buffer, size_t n, uint64_t at);

#endif
