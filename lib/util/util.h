/* What the C library lacks and libbsd does not have. */
#ifndef RR_UTIL_H
#define RR_UTIL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RR_VERSION "0.1"
#define PAGE 4096ul
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_DOWN(x) ((x) & ~(PAGE - 1))
#define PAGE_UP(x) (((x) + PAGE - 1) & ~(PAGE - 1))

/* Exit status of a program that cannot go on: 2; rr-record sets its own. */
extern int exit_trouble;
/* Allocation that cannot fail: no memory is one line on stderr and that exit status. */
_Noreturn void no_memory(void);
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *fmt, ...);

/* Makes text from a stranger fit for one line on a terminal: control characters become '?'. */
void line_plain(char *s);

/* A thread of our own, to which no signal goes; an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

/* CLOCK_MONOTONIC, ns. By a real call: the vdso reads the time-stamp counter, which may be made to
 * fault. */
uint64_t now_ns(void);

/* A whole file of at most `max` bytes, NUL added, malloc'd; NULL and errno on error. *len may be
 * NULL. */
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
