/* The directory a trace is written to. Private to lib/trace. */
#ifndef RR_TRACE_DIR_H
#define RR_TRACE_DIR_H

#include <stdbool.h>
#include <stdint.h>

/* Makes the directory, or takes an empty one; with `replace` empties one that is a trace. Returns
 * its descriptor, locked as long as it is open, or -1. *made: it was not there before. */
int dir_claim(const char *dir, bool replace, bool *made);
/* As long as it is open, nobody else writes there; -1 and trace_strerror(). */
int dir_lock(int fd, const char *dir);
/* Removes all of a trace, or only what was being made, or to take the place of something. */
int dir_empty(int fd);
void dir_remove_spares(int fd);
/* A directory of mode 0700, a new file of mode 0600, whatever the umask; descriptors, or -1 and
 * errno. */
int dir_make(int at, const char *name);
int dir_new_file(int at, const char *name);

/* A file that replaces another is "NAME.new" while it is made, and "NAME.CRC" until it gets the
 * name (replace.h). */
#define PART_NEW ".new"
#define PART_NAME_MAX 32
const char *part_name(char out[PART_NAME_MAX], const char *name, uint32_t crc);

#endif
