/* Allocation that cannot fail. */
#ifndef RR_ALLOC_H
#define RR_ALLOC_H

#include <stddef.h>

/* Exit status of a program that cannot go on: 2; rr-record sets its own. */
extern int alloc_exit_status;
/* No memory is one line on stderr and that exit status. What the others return is the caller's, to
 * be freed by free(). */
_Noreturn void alloc_fail(void);
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *fmt, ...);

#endif
