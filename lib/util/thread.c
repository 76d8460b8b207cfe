#include "util/thread.h"

#include <signal.h>
#include <stdbool.h>

int thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static struct {
	cpu_set_t cpus;
	bool set;
} allowed;

void threads_allow(const cpu_set_t *cpus)
{
	allowed.cpus = *cpus;
	allowed.set = true;
}

enum { THREADS_MAX = 64 };

struct work {
	void (*fn)(void *, size_t);
	void *ctx;
	size_t n, next;
};

static void work_do(struct work *w)
{
	size_t i;

	while ((i = __atomic_fetch_add(&w->next, 1, __ATOMIC_RELAXED)) < w->n)
		w->fn(w->ctx, i);
}

static void *worker(void *arg)
{
	if (allowed.set)
		sched_setaffinity(0, sizeof(allowed.cpus), &allowed.cpus);
	work_do(arg);
	return NULL;
}

static size_t cpus_count(void)
{
	cpu_set_t cpus = allowed.cpus;

	if (!allowed.set && sched_getaffinity(0, sizeof(cpus), &cpus))
		return 1;
	return (size_t)CPU_COUNT(&cpus);
}

void threads_each(size_t n, void (*fn)(void *ctx, size_t i), void *ctx)
{
	struct work w = {.fn = fn, .ctx = ctx, .n = n};
	pthread_t threads[THREADS_MAX];
	size_t want = cpus_count(), started = 0;

	if (want > n)
		want = n;
	while (started + 1 < want && started < THREADS_MAX &&
	       !thread_start(&threads[started], worker, &w))
		started++;
	work_do(&w);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}
