/* Which files a trace needs, and what they will be called. Private to lib/pack. */
#ifndef RR_PLAN_H
#define RR_PLAN_H

#include "pack/content.h"
#include "pack/pack.h"
#include "trace/trace.h"

#define DEBUG_SUFFIX ".debug"
#define ITEM_NAME_MAX (CONTENT_DIGITS + sizeof(DEBUG_SUFFIX))

enum item_state {
	ITEM_THERE,  /* in files/ under its name */
	ITEM_RENAME, /* in files/ under another: `copy` */
	ITEM_ADD,    /* at `path`, on this machine */
	ITEM_MISSING,
	ITEM_CHANGED /* since it was recorded */
};
extern const char *const item_state_names[];

struct item {
	enum item_state state;
	char *path; /* on this machine; as it was called, if it is in the trace */
	char *copy; /* in the trace; NULL */
	uint64_t size;
	int64_t mtime_ns;
	bool needed; /* by a replay; else it is for debuggers, and what is lost is not missed */
	char name[ITEM_NAME_MAX]; /* what it will be called in files/; "" if missing or changed */
	struct extents where;
};

struct plan {
	struct trace_reader *r;
	struct item **items; /* as they are met */
	size_t n;
	void *by_path, *by_copy; /* trees of them: tsearch(3) */
	uint64_t events;         /* that stay */
};

/* 0; -1: damage. What is missing is no error yet. */
int plan_make(struct plan *p, struct trace_reader *r, const struct pack_options *o);
void plan_free(struct plan *p);
/* -1 if something that a replay needs is missing or has changed. */
int plan_whole(const struct plan *p);
/* What the record is made from; NULL: nothing. */
const struct item *plan_find(const struct plan *p, const struct trace_map *m);
/* Its contents, which are still those that were planned with; -1 and trace_strerror(). */
int item_open(const struct plan *p, const struct item *it);
/* Items with a name, by name, each once; *n of them. malloc'd. */
const struct item **plan_sorted(const struct plan *p, size_t *n);

#endif
