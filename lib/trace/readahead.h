/* Read-ahead: threads inflate the next blocks of a stream while the current one is read. Private to
 * lib/trace. */
#ifndef RR_TRACE_READAHEAD_H
#define RR_TRACE_READAHEAD_H

#include "trace/block.h"

#include <stdbool.h>
#include <stdint.h>

struct ahead;

/* For the file `fd`, which stays owned by the caller. NULL: it would not help, or threads cannot be
 * started. */
struct ahead *ahead_new(int fd);
void ahead_free(struct ahead *a);
/* Whether no block is queued; whether there is room for another one. */
bool ahead_empty(const struct ahead *a);
bool ahead_room(const struct ahead *a);
/* Queues the block at `offset`. Blocks must be taken in the order in which they were added. */
void ahead_add(struct ahead *a, uint64_t offset, const struct block_header *h);
/* Exchanges b's buffers for those of the block at `offset`. False if it was not added or is
 * damaged. If it was not the next one, the queue is emptied. */
bool ahead_take(struct ahead *a, uint64_t offset, struct block_bytes *b);

#endif
