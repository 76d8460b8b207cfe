/* Directories and files of this machine, as whoever is careful reads them. */
#ifndef RR_HOST_H
#define RR_HOST_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* The directory `name` under descriptor `at`, "." for that one itself, not through a link;
 * closedir() it. NULL and errno. */
DIR *dir_list(int at, const char *name);
/* The next entry but "." and ".."; NULL at the end, where errno is 0, on an error, and when d is
 * NULL. */
struct dirent *dir_next(DIR *d);

/* When it was last written, ns since 1970. */
int64_t stat_mtime_ns(const struct stat *st);
/* A plain file of this size, last written then: taken to be the one that was seen with them before.
 */
bool stat_is_file(const struct stat *st, uint64_t size, int64_t mtime_ns);

/* Calls fn for every stretch of [from, to) that is no hole, until it returns other than 0; -1 then.
 */
int file_each_extent(int fd, uint64_t from, uint64_t to,
		     int (*fn)(void *ctx, int fd, uint64_t from, uint64_t to), void *ctx);
/* Copies these to where they are in the other file, up to the end of the first. -1 and errno. */
int file_copy_data(int in, int out, uint64_t from, uint64_t to);

/* A file by its path, for reading, only if it is a plain one; -1 and errno. */
int host_open(const char *path);

/* The CRC-32 (zlib's) of a file from its beginning, and its length; -1 and errno. */
int file_crc32(int fd, uint64_t *size, uint32_t *crc);

#endif
