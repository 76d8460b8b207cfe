/* Whole reads and writes of files. */
#ifndef RR_FILE_IO_H
#define RR_FILE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads a whole file of at most `max` bytes and adds a NUL. The caller frees it. NULL with errno on
 * error. len may be NULL. */
char *file_read(const char *path, size_t max, size_t *len);
/* Opens /dev/null for each standard stream that is closed, so that no other file gets its
 * descriptor. Writing to it fails, as before. */
void stdio_reserve(void);
/* Writes all n bytes, whatever interrupts it. -1 with errno. */
int write_all(int fd, const void *buf, size_t n);
/* The same from offset `off` on. */
int pwrite_all(int fd, const void *buf, size_t n, uint64_t off);
/* Reads n bytes from offset `off`. Returns their number, which is less than n only at the end of
 * the file, or -1 with errno. */
ssize_t pread_all(int fd, void *buf, size_t n, uint64_t off);

#endif
