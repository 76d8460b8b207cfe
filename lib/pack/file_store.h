/* The directory files/ of a packed trace. Private to lib/pack. */
#ifndef RR_PACK_FILE_STORE_H
#define RR_PACK_FILE_STORE_H

#include "pack/file_plan.h"

struct store {
	int fd;          /* of files/ */
	const char *dir; /* of the trace, for messages */
	bool sync;       /* pack_store_sync() will be called */
	/* Traces in the directory `top` (-1: none) share copies by hard links: their names. */
	int top;
	char **near;
	size_t nnear;
	char **added; /* names of new copies */
	size_t nadded;
};

/* Stores an item under its name, unless it is there. 0, or -1 and trace_strerror(). */
int pack_store_put(struct store *s, const struct file_plan *p, const struct item *it);
/* Waits until new copies are on the disk. 0, or -1 and trace_strerror(). */
int pack_store_sync(struct store *s);
/* Removes new copies, and what a killed program left. */
void pack_store_undo(struct store *s);
/* Removes copies that are not in the plan: old names of renamed ones, and leftovers. */
void pack_store_tidy(struct store *s, const struct file_plan *p);
void pack_store_end(struct store *s);

#endif
