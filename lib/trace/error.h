/* Sets what trace_strerror() returns. Private to lib/trace. */
#ifndef RR_TRACE_ERROR_H
#define RR_TRACE_ERROR_H

/* Returns -1. */
__attribute__((format(printf, 1, 2))) int trace_fail(const char *fmt, ...);

#endif
