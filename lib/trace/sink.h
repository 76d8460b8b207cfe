/* Where a writer's records go: blocks filled by the caller, compressed and written by one
 * background thread, in the order in which they were handed over. The first event is on its way to
 * the disk as soon as it is put, every later record at most 100 ms after it was put, however idle
 * the caller. Private to lib/trace. */
#ifndef RR_TRACE_SINK_H
#define RR_TRACE_SINK_H

#include "trace/block.h"

#include <stdbool.h>
#include <stdint.h>

struct sink;

/* What the disk has of a stream. */
struct sink_file {
	int fd;
	uint64_t size;
	uint32_t crc; /* CRC-32 of the whole file */
	uint32_t blocks;
};

/* The sink owns the descriptors, open for writing and empty. The thread runs on the CPUs that the
 * caller may use now and takes no signals. NULL and trace_strerror(). */
struct sink *sink_new(const char *dir, const int fds[NSTREAMS]);
/* What the records tell of runs on this CPU: the thread keeps off it or, where it has no other,
 * compresses little. */
void sink_spare_cpu(struct sink *s, int cpu);
/* Adds a record to its stream, owned by event `event`. 0; -1: invalid, or the disk has failed, now
 * or before. */
int sink_put(struct sink *s, enum trace_stream stream, uint64_t event, const void *record);
/* Returns when everything put is on the disk (in the kernel's hands). */
int sink_flush(struct sink *s);
/* Flushes and reports what is there. */
int sink_finish(struct sink *s, struct sink_file files[NSTREAMS]);
void sink_free(struct sink *s);

#endif
