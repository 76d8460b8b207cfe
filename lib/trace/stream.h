/* Reads one of the three streams of a trace. One block is in memory; others are skipped by their
 * headers. Private to lib/trace. */
#ifndef RR_TRACE_STREAM_H
#define RR_TRACE_STREAM_H

#include "trace/block.h"

#include <stdbool.h>
#include <stdint.h>

struct codec;
struct ahead;

/* Where a block begins, and what the blocks before it say about it. */
struct stream_pos {
	uint64_t offset;
	uint64_t event;   /* events: its first_event; else at least that */
	uint64_t records; /* in the blocks before */
	uint32_t seq;
};

struct stream {
	enum trace_stream id;
	int fd;
	/* `size` is what `version` says; otherwise the file may end anywhere, or grow */
	bool whole;
	uint64_t size;
	struct stream_pos next;     /* the block to be read next */
	struct stream_pos frontier; /* after the last block ever seen */
	uint64_t sound;             /* the last block of the file that has been checked ends here */
	/* checksum of the file up to s->next, if every block before was passed */
	uint32_t passed;
	/* as it is in the file, of the last block whose header was read */
	uint8_t head[TRACE_BLOCK_HEADER];
	/* some of the blocks before the frontier: every stride-th */
	struct stream_mark {
		struct stream_pos pos;
		uint64_t first_event;
	} * marks;
	uint32_t nmarks, stride;
	/* the block in memory; header.count is 0 if there is none */
	struct block_header header;
	uint64_t offset;
	struct block_bytes bytes;
	const uint8_t *p;
	uint32_t left; /* records not read yet */
	struct codec *codec;
	struct inflater *z;
	struct ahead *ahead;     /* NULL: blocks are inflated when they are asked for */
	struct stream_pos asked; /* of that: after the last block that was added */
	/* after a -1: what is wrong, and where */
	const char *fault;
	uint64_t fault_offset;
};

void stream_init(struct stream *s, enum trace_stream id, int fd);
void stream_free(struct stream *s);
/* Sets the length that `version` has. */
void stream_set_size(struct stream *s, uint64_t size);

/* These return 1, 0 at the end, or -1 for damage. */
int stream_peek(struct stream *s, const struct stream_pos *pos, struct block_header *h);
/* Reads the block at s->next into memory. */
int stream_load(struct stream *s);
/* Moves s->next past the block there if its checksum is right, without inflating it, and adds its
 * bytes to s->passed. */
int stream_pass(struct stream *s, struct block_header *h);
/* Turns read-ahead on or off, for callers that read all blocks. */
void stream_read_ahead(struct stream *s, bool on);
/* The next record of the block in memory; 0: the block ends. */
int stream_get(struct stream *s, void *record);
/* Goes back to the first record of the block in memory. */
void stream_rewind(struct stream *s);
/* Moves s->next to the first block with records of `event`: the first only forwards, the second
 * from anywhere. If there is none, to the first block of later events. */
int stream_skip(struct stream *s, uint64_t event);
int stream_find(struct stream *s, uint64_t event);
/* Whether there are `records` records in undamaged blocks. */
int stream_reaches(struct stream *s, uint64_t records);

#endif
