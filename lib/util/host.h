/* Directories and files of this machine, as whoever is careful reads them. */
#ifndef RR_HOST_H
#define RR_HOST_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* The directory `name` under descriptor `at`, "." for that one itself, not through a link; closedir() it. NULL and errno. */
DIR *dir_list(int at, const char *name);
/* The next entry but "." and ".."; NULL at the end, and when d is NULL. */
struct dirent *dir_next(DIR *d);

/* When it was last written, ns since 1970. */
int64_t stat_mtime_ns(const struct stat *st);
/* A plain file of this size, last written then: taken to be the one that was seen with them before. */
bool stat_is_file(const struct stat *st, uint64_t size, int64_t mtime_ns);

/* A file by its path, for reading, only if it is a plain one; -1 and errno. */
int host_open(const char *path);

/* Raises this process's limit of open files as far as it goes. -1: it is there already. */
int files_more(void);

#endif
