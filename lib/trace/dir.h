/* The directory a trace is written to. Private to lib/trace. */
#ifndef RR_TRACE_DIR_H
#define RR_TRACE_DIR_H

#include <stdbool.h>
#include <stdint.h>

/* Creates the directory, or takes an empty one; with `replace` empties one that is a trace. Returns
 * its descriptor, which is locked while it is open, or -1. *made: it did not exist. */
int dir_claim(const char *dir, bool replace, bool *made);
/* Locks the directory against other writers while fd is open. -1 with trace_strerror(). */
int dir_lock(int fd, const char *dir);
/* The first removes all files of a trace, the second only unfinished ones and replacements. */
int dir_empty(int fd);
void dir_remove_spares(int fd);
/* Create a directory of mode 0700 and a file of mode 0600, whatever the umask. Return descriptors,
 * or -1 with errno. */
int dir_make(int at, const char *name);
int dir_new_file(int at, const char *name);

/* A replacement is called "NAME.new" while it is written, and then "NAME.CRC" until it gets its
 * name (part_replacement.h). */
#define PART_NEW ".new"
#define PART_NAME_MAX 32
const char *part_name(char out[PART_NAME_MAX], const char *name, uint32_t crc);

#endif
