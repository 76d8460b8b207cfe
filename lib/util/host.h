/* Careful access to directories and files of this machine. */
#ifndef RR_HOST_H
#define RR_HOST_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* Opens the directory `name` relative to the descriptor `at`, not through a link. NULL with errno.
 * To be closed by closedir(). */
DIR *dir_list(int at, const char *name);
/* The next entry but "." and ".."; NULL at the end, where errno is 0, on an error, and when d is
 * NULL. */
struct dirent *dir_next(DIR *d);

/* Its modification time, ns since 1970. */
int64_t stat_mtime_ns(const struct stat *st);
/* Whether it is a plain file of this size and modification time. If so, it is taken to be the same
 * file as before. */
bool stat_is_file(const struct stat *st, uint64_t size, int64_t mtime_ns);

/* Calls fn for each part of [from, to) that is no hole. Ends with -1 when fn does not return 0. */
int file_each_extent(int fd, uint64_t from, uint64_t to,
		     int (*fn)(void *ctx, int fd, uint64_t from, uint64_t to), void *ctx);
/* Copies these parts, up to the end of the first file, to the same offsets of the other. -1 with
 * errno. */
int file_copy_data(int in, int out, uint64_t from, uint64_t to);

/* Opens a file for reading if it is a plain one. -1 with errno. */
int host_open(const char *path);

/* The CRC-32 (zlib's) of a whole file, and its length. -1 with errno. */
int file_crc32(int fd, uint64_t *size, uint32_t *crc);

#endif
