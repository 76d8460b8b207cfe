/* Whole reads and writes of files. */
#ifndef RR_FILE_IO_H
#define RR_FILE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A whole file of at most `max` bytes, NUL added; the caller frees it. NULL and errno on error.
 * *len may be NULL. */
char *file_read(const char *path, size_t max, size_t *len);
/* Opens /dev/null in the place of each standard stream that is closed, so that no other file
 * becomes it. Writing to it fails as it did. */
void stdio_reserve(void);
/* All n bytes, through short counts and EINTR; -1 and errno. */
int write_all(int fd, const void *buf, size_t n);
/* The same to `off` on. */
int pwrite_all(int fd, const void *buf, size_t n, uint64_t off);
/* From `off` on; bytes read, less than n only at the end of the file; -1 and errno. */
ssize_t pread_all(int fd, void *buf, size_t n, uint64_t off);

#endif
