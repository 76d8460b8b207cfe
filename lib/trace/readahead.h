/* The next blocks of a stream, inflated by other threads while the one before them is read. Private
 * to lib/trace. */
#ifndef RR_TRACE_READAHEAD_H
#define RR_TRACE_READAHEAD_H

#include "trace/block.h"

#include <stdbool.h>
#include <stdint.h>

struct ahead;

/* Of the file `fd`, which stays the caller's. NULL where it would not help, or cannot be. */
struct ahead *ahead_new(int fd);
void ahead_free(struct ahead *a);
/* None are added; another one may be added. */
bool ahead_empty(const struct ahead *a);
bool ahead_room(const struct ahead *a);
/* The block at `offset` will be asked for, after those that have been added before. */
void ahead_add(struct ahead *a, uint64_t offset, const struct block_header *h);
/* The bytes of the block at `offset`, in exchange for b's. False if it has not been added or is not
 * good; if it was not the next one, all that were added are forgotten. */
bool ahead_take(struct ahead *a, uint64_t offset, struct block_bytes *b);

#endif
