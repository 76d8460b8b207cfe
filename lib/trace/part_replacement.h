/* Replaces the parts of a trace, which are its files, atomically: whatever ends the program, a
 * reader finds either all old parts or all new ones.
 *
 * A new file is written as "NAME.new" and becomes "NAME.CRC" when whole, with its checksum in eight
 * hexadecimal digits. `version` says which checksum each file has, and a reader looks for
 * "NAME.CRC" before "NAME": so the one rename that replaces `version` is the moment at which all
 * are replaced. Then they get their names. */
#ifndef RR_TRACE_PART_REPLACEMENT_H
#define RR_TRACE_PART_REPLACEMENT_H

#include <stdint.h>

struct trace_version;

/* Finishes a replacement that was committed, and removes the files of one that was not. The
 * directory is locked. */
int part_replacement_tidy(int dirfd, const char *dir);
/* "NAME.new", open for writing. */
int part_replacement_begin(int dirfd, const char *dir, const char *name);
/* The file "NAME.new" is whole. It becomes "NAME.CRC". */
int part_replacement_ready(int dirfd, const char *dir, const char *name, uint32_t crc);
/* Writes `version`: the parts that are ready belong to the trace from now on. */
int part_replacement_commit(int dirfd, const char *dir, const struct trace_version *v);
/* In a trace without `version`, one part can be replaced by its "NAME.new". */
int part_replacement_single(int dirfd, const char *dir, const char *name);

#endif
