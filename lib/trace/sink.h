/* Where a writer's records go: the caller fills blocks, and one background thread compresses and
 * writes them in the order in which they were queued. The first event is written as soon as it is
 * put, every later record at most 100 ms after it was put, even if the caller is idle. Private to
 * lib/trace. */
#ifndef RR_TRACE_SINK_H
#define RR_TRACE_SINK_H

#include "trace/block.h"

#include <stdbool.h>
#include <stdint.h>

struct sink;

/* What was written of a stream. */
struct sink_file {
	int fd;
	uint64_t size;
	uint32_t crc; /* CRC-32 of the whole file */
	uint32_t blocks;
};

/* The sink owns the descriptors, open for writing and empty. The thread runs on the CPUs that the
 * caller may use now and takes no signals. NULL and trace_strerror(). */
struct sink *sink_new(const char *dir, const int fds[NSTREAMS]);
/* The recorded tasks run on this CPU: the thread avoids it or, if it may use no other, compresses
 * little. */
void sink_spare_cpu(struct sink *s, int cpu);
/* Adds a record to its stream, owned by event `event`. 0; -1: invalid, or the disk has failed, now
 * or before. */
int sink_put(struct sink *s, enum trace_stream stream, uint64_t event, const void *record);
/* Returns when everything that was put has been written to the kernel. */
int sink_flush(struct sink *s);
/* Flushes, and sets `files` to what was written. */
int sink_finish(struct sink *s, struct sink_file files[NSTREAMS]);
void sink_free(struct sink *s);

#endif
