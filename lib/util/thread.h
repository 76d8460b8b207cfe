/* Threads of the tool itself. */
#ifndef RR_THREAD_H
#define RR_THREAD_H

#include <pthread.h>
#include <sched.h>
#include <stddef.h>

/* Starts a thread to which no signal is delivered. 0 or an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

/* The CPUs on which threads_each() may run, for a process that pins itself to one of them. Without
 * it these are those of the process. */
void threads_allow(const cpu_set_t *cpus);
/* Calls fn(ctx, i) once for each i below n, by as many threads as there are CPUs, and returns when
 * all calls have. The calls may come in any order and at the same time. */
void threads_each(size_t n, void (*fn)(void *ctx, size_t i), void *ctx);

#endif
