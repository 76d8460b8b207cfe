/* Threads of the tool itself. */
#ifndef RR_THREAD_H
#define RR_THREAD_H

#include <pthread.h>

/* Starts a thread to which no signal is delivered. 0 or an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
