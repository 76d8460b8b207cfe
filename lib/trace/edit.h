/* Writes the files of a trace with changes: what rr-pack does to traces. */
#ifndef RR_TRACE_EDIT_H
#define RR_TRACE_EDIT_H

#include "trace/meta.h"
#include "trace/trace.h"

/* What is to be changed; members that are 0 change nothing. */
struct trace_edit {
	uint64_t last; /* the last event that stays: the trace ends well after it */
	bool compress; /* all blocks anew, at `level` of libdeflate's */
	int level;
	/* These change a record and say whether they did; pointers that they put there are good
	 * until the next call. */
	bool (*map)(void *ctx, struct trace_map *m);
	bool (*data)(void *ctx, uint64_t event, struct trace_data *d);
	/* An item of args_env, "key=value": what it is from now on, good until the next
	 * call; NULL: nothing. */
	const char *(*item)(void *ctx, const char *item);
	void *ctx;
};

/* Streams by their number, then: */
enum { PART_ARGS_ENV = NSTREAMS, NPARTS };
extern const char *const trace_part_names[NPARTS];

struct trace_part {
	int fd; /* its bytes from 0 on. Not changed: the reader's, else the caller's */
	bool changed;
	uint64_t size;
	uint32_t crc;
};

/* Calls `make` for a descriptor to write a part to, named as the part, for each that may change: it
 * is not needed when the part has not. With r's trace complete, or `last`, v is filled in and 1
 * returned; else 0; -1 and trace_strerror(). Afterwards trace_next returns event 1. */
int trace_edit_apply(struct trace_reader *r, const struct trace_edit *e,
		     int (*make)(void *ctx, const char *name), void *ctx,
		     struct trace_part parts[NPARTS], struct trace_version *v);

#endif
