/* Contents of files: read, named, compared and copied. Long runs of zeroes cost nothing. Private to
 * lib/pack. */
#ifndef RR_PACK_FILE_CONTENT_H
#define RR_PACK_FILE_CONTENT_H

#include "util/content.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Makes the name of a copy with these contents (rr-trace(5), Packed traces), and their
 * content_sum(); also lists the extents. */
int pack_content_name(int fd, uint64_t size, char name[CONTENT_DIGITS + 1], uint64_t *sum,
		      struct extents *where);
/* 1: both files have the same contents; 0: not. Both have this size. */
int pack_content_same(int a, int b, uint64_t size);
/* Copies to a new file and sets its length; shares blocks where the file system can. */
int pack_content_copy(int from, int to, uint64_t size);

/* A digest of a text. */
void pack_content_digest(const char *text, uint8_t digest[16]);

#endif
