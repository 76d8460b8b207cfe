/* The directory files/ of a packed trace. Private to lib/pack. */
#ifndef RR_STORE_H
#define RR_STORE_H

#include "pack/plan.h"

struct store {
	int fd;
	const char *dir; /* of the trace, for messages */
	bool sync;       /* what is added will be on the disk with store_sync() */
	/* What other traces in the directory `top` (-1) have is not stored again: names of them. */
	int top;
	char **near;
	size_t nnear;
	char **added; /* names */
	size_t nadded;
};

/* The item is there under its name; -1 and trace_strerror(). */
int store_put(struct store *s, const struct plan *p, const struct item *it);
/* What was added is on the disk. */
int store_sync(struct store *s);
/* Removes what was added, or has been left by one that was killed. */
void store_undo(struct store *s);
/* Removes copies that the plan does not know: those that have another name now, and what was left
 * by others. */
void store_tidy(struct store *s, const struct plan *p);
void store_end(struct store *s);

#endif
