/* Records to bytes and back, as formats/trace says. Private to lib/trace. */
#ifndef RR_TRACE_RECORD_CODEC_H
#define RR_TRACE_RECORD_CODEC_H

#include "trace/block.h"
#include "trace/trace.h"

/* Records with the event that owns them. */
struct trace_data_record {
	uint64_t event;
	struct trace_data data;
};
struct trace_map_record {
	uint64_t event;
	struct trace_map map;
};

/* What predictions are made from; belongs to one block being written or read. */
struct codec;
struct codec *codec_new(enum trace_stream stream);
/* To be called at the beginning of a block whose header has this first_event. */
void codec_reset(struct codec *c, uint64_t first_event);
void codec_free(struct codec *c);
/* No more tasks fit into this block, and this is another one. */
bool codec_full(struct codec *c, int32_t tid);

/* Records below are struct trace_event, trace_data_record or trace_map_record, depending on the
 * codec's stream. */
/* Why it can't be written; NULL if it can. */
const char *codec_check(enum trace_stream stream, const void *record);
/* Bytes that codec_put may write. */
size_t codec_bound(enum trace_stream stream, const void *record);
/* Returns the end of what it wrote. */
uint8_t *codec_put(struct codec *c, uint8_t *p, const void *record);
/* Reads the record at *p, of a buffer that ends at `end`, and moves *p past it. NULL, or what is
 * wrong. Pointers in the record point into the buffer, or to "". */
const char *codec_get(struct codec *c, const uint8_t **p, const uint8_t *end, void *record);

#endif
