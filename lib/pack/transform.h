/* A trace that is being packed: its plan, and its streams rewritten as the options ask. Private to
 * lib/pack. */
#ifndef RR_PACK_TRANSFORM_H
#define RR_PACK_TRANSFORM_H

#include "pack/file_plan.h"
#include "pack/redact.h"
#include "trace/edit.h"

struct transform {
	const struct pack_options *o;
	struct trace_reader *r;
	struct file_plan plan;
	struct redaction *redaction; /* NULL: none */
	char *uuid;                  /* the new one of a trace that is cut off; NULL: unchanged */
	/* Matches that remain, as a replay needs them. */
	size_t stay_memory, stay_names, stay_files;
	uint64_t stay_event; /* the first event of stay_memory */
	/* Buffers: a redacted record, of TRACE_DATA_MAX bytes; a changed item of args_env. */
	uint8_t *bytes;
	char *item;
};

/* Opens and plans. 0, or -1 and trace_strerror(). The trace must not change from now on. */
int pack_transform_begin(struct transform *tr, const char *trace, const struct pack_options *o);
void pack_transform_end(struct transform *tr);
/* trace_edit_apply() with the edits that the options ask for. */
int pack_transform_rewrite(struct transform *tr, int (*make)(void *ctx, const char *name),
			   void *ctx, struct trace_part parts[NPARTS], struct trace_version *v);
/* Warns of what remains of secrets, and of a recording that was cut short. */
void pack_transform_report(struct transform *tr);
/* The last component of the trace's path; NULL and trace_strerror() if it cannot be resolved. */
const char *pack_transform_name(const struct transform *tr, char name[256]);

/* Where the packed trace goes. 0, or -1 and trace_strerror(). */
int pack_in_place(const char *trace, const struct pack_options *o);
int pack_to_directory(struct transform *tr);
int pack_to_archive(struct transform *tr);

#endif
