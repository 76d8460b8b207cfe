/* A directory that gets its name only once it is complete. Private to lib/pack. */
#ifndef RR_PACK_STAGING_H
#define RR_PACK_STAGING_H

/* Until then its name is this and six random characters. */
#define STAGING_PREFIX ".rr-pack-"

struct staging {
	int parent, fd; /* descriptors; -1: not open */
	char name[sizeof(STAGING_PREFIX) + 6];
	char *where; /* path of the parent, for messages */
};

/* These return 0, or -1 and trace_strerror(). */

/* Creates it in the directory `where`, and removes what killed programs have left there. */
int pack_staging_begin(struct staging *s, const char *where);
/* Gives it its name, which must be free. */
int pack_staging_done(struct staging *s, const char *name);

/* Removes it unless it has its name; frees what pack_staging_begin() allocated. */
void pack_staging_end(struct staging *s);

#endif
