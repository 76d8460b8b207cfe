/* Files of a trace replaced, all at once, whatever ends it on the way. Private to lib/trace.
 *
 * A new file is written as "NAME.new" and becomes "NAME.CRC" when whole, with its checksum in eight
 * hexadecimal digits. `version` says which checksum each file has, and a reader looks for
 * "NAME.CRC" before "NAME": so the one rename that replaces `version` is the moment at which all
 * are replaced. Then they get their names. */
#ifndef RR_TRACE_REPLACE_H
#define RR_TRACE_REPLACE_H

#include <stdint.h>

struct trace_version;

/* Finishes what was replaced and removes what was not. The directory is locked. */
int replace_tidy(int dirfd, const char *dir);
/* "NAME.new", open for writing. */
int replace_begin(int dirfd, const char *dir, const char *name);
/* The file "NAME.new" is whole: it will be that of a `version` with this checksum. */
int replace_ready(int dirfd, const char *dir, const char *name, uint32_t crc);
/* Those that are ready are the trace's from now on. */
int replace_commit(int dirfd, const char *dir, const struct trace_version *v);
/* In a trace without `version`, one file can be replaced: "NAME.new". */
int replace_one(int dirfd, const char *dir, const char *name);

#endif
