/* A directory that appears under its name only when it is whole. Private to lib/pack. */
#ifndef RR_FRESH_H
#define RR_FRESH_H

/* Until then it is called so, and a random end. */
#define FRESH_PREFIX ".rr-pack-"

struct fresh {
	int parent, fd; /* -1 */
	char name[sizeof(FRESH_PREFIX) + 6];
	char *where; /* the directory it is to be in, for messages */
};

/* In the directory `where`; what killed programs have left there is removed. -1 and
 * trace_strerror(). */
int fresh_begin(struct fresh *f, const char *where);
/* Gives it its name, which nothing may have. */
int fresh_done(struct fresh *f, const char *name);
/* Removes it if it has not been given its name. */
void fresh_end(struct fresh *f);

#endif
