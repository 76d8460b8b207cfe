/* One trace on its way through rr-pack. Private to lib/pack. */
#ifndef RR_WORK_H
#define RR_WORK_H

#include "pack/plan.h"
#include "pack/redact.h"
#include "trace/rewrite.h"

struct work {
	const struct pack_options *o;
	struct trace_reader *r;
	struct plan plan;
	struct redaction *redaction; /* NULL */
	char *uuid;                  /* of a trace that is cut off, which is another one; NULL */
	/* Places that match and stay, as a replay needs them. */
	size_t stay_memory, stay_names, stay_files;
	uint64_t stay_event; /* the first of stay_memory */
	uint8_t *bytes;      /* of TRACE_DATA_MAX: a record without secrets */
	char *item;          /* of args_env */
};

/* Opens and plans; -1: something is missing. `trace` must not change from now on. */
int work_begin(struct work *w, const char *trace, const struct pack_options *o);
void work_end(struct work *w);
/* trace_rewrite() with all that the options ask for. */
int work_rewrite(struct work *w, int (*make)(void *ctx, const char *name), void *ctx,
		 struct trace_part parts[NPARTS], struct trace_version *v);
/* Tells on stderr what of secrets is still there, and where the trace ends if it was cut short. */
void work_tell(struct work *w);
/* The last part of the trace's path; NULL if that cannot be told. */
const char *work_name(const struct work *w, char name[256]);

/* Where a trace can go. */
int pack_in_place(const char *trace, const struct pack_options *o);
int pack_into(struct work *w);
int pack_archive(struct work *w);

#endif
