/* Which files a trace needs, and what they will be called. Private to lib/pack. */
#ifndef RR_PACK_FILE_PLAN_H
#define RR_PACK_FILE_PLAN_H

#include "pack/file_content.h"
#include "pack/pack.h"
#include "trace/trace.h"

#include <bsd/sys/tree.h>

#define DEBUG_SUFFIX ".debug"
#define ITEM_NAME_MAX (CONTENT_DIGITS + sizeof(DEBUG_SUFFIX))

enum item_state {
	ITEM_THERE,  /* in files/ under its name */
	ITEM_RENAME, /* in files/ under another name, `copy` */
	ITEM_ADD,    /* on this machine, at `path` */
	ITEM_MISSING,
	ITEM_CHANGED /* on this machine, but not as it was recorded */
};
extern const char *const pack_item_state_names[];

struct item {
	enum item_state state;
	char *path;         /* on this machine; for one in the trace, where it was recorded */
	char *copy;         /* its name in the trace; NULL: it is not there */
	uint64_t size, sum; /* sum: content_sum() */
	int64_t mtime_ns;
	bool needed; /* by a replay; the others are for debuggers, and may be missing */
	char name[ITEM_NAME_MAX]; /* what it will be called in files/; "" if missing or changed */
	struct extents where;
	RB_ENTRY(item) by_path, by_copy;
};
RB_HEAD(items_by_path, item);
RB_HEAD(items_by_copy, item);

struct file_plan {
	struct trace_reader *r;
	struct item **items; /* in the order in which the trace needs them */
	size_t n;
	struct items_by_path by_path; /* those without a copy */
	struct items_by_copy by_copy; /* those with one */
	uint64_t events;              /* how many the packed trace has */
};

/* Plans for a trace, whose reader the plan uses from now on. 0, or -1 and trace_strerror(): the
 * trace is damaged. Missing files are no error yet. */
int pack_plan_make(struct file_plan *p, struct trace_reader *r, const struct pack_options *o);
void pack_plan_free(struct file_plan *p);
/* 0, or -1 and trace_strerror(): a file that a replay needs is missing or has changed. */
int pack_plan_complete(const struct file_plan *p);
/* The item with the contents of a mapping; NULL: none. */
const struct item *pack_plan_find(const struct file_plan *p, const struct trace_map *m);
/* The items that have a name, sorted by it, each name once; *n of them; malloc'd. */
const struct item **pack_plan_sorted(const struct file_plan *p, size_t *n);
/* A descriptor of its contents, if they are still those that were planned with; else -1 and
 * trace_strerror(). */
int pack_item_open(const struct file_plan *p, const struct item *it);

#endif
