#include "trace/readahead.h"

#include "util/alloc.h"
#include "util/deflate.h"
#include "util/thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	MAX_THREADS = 8,
	/* For each thread: the job at which it works, and one that is queued. */
	JOBS_EACH = 2
};

struct job {
	uint64_t offset;
	struct block_header header;
	struct block_bytes bytes;
	bool done, good;
};

struct ahead {
	int fd;
	unsigned nthreads, njobs;
	pthread_t threads[MAX_THREADS];
	struct job jobs[MAX_THREADS * JOBS_EACH];
	/* numbers of jobs taken, begun and added so far; job n is jobs[n % njobs] */
	uint64_t first, claimed, last;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	bool stop;
};

static struct job *job(struct ahead *a, uint64_t number)
{
	return &a->jobs[number % a->njobs];
}

static void *ahead_run(void *arg)
{
	struct inflater *z = inflater_new();
	struct ahead *a = arg;

	pthread_mutex_lock(&a->lock);
	while (!a->stop) {
		if (a->claimed == a->last) {
			pthread_cond_wait(&a->work, &a->lock);
			continue;
		}
		struct job *j = job(a, a->claimed++);
		pthread_mutex_unlock(&a->lock);
		bool good = block_read(a->fd, j->offset, &j->header, &j->bytes) ==
				    (ssize_t)j->header.stored_len &&
			    !block_unpack(z, &j->header, &j->bytes);
		pthread_mutex_lock(&a->lock);
		j->good = good;
		j->done = true;
		pthread_cond_signal(&a->done);
	}
	pthread_mutex_unlock(&a->lock);
	inflater_free(z);
	return NULL;
}

struct ahead *ahead_new(int fd)
{
	cpu_set_t cpus;
	unsigned n = sched_getaffinity(0, sizeof(cpus), &cpus) ? 1 : (unsigned)CPU_COUNT(&cpus);

	if (n < 2)
		return NULL;
	if (n > MAX_THREADS)
		n = MAX_THREADS;
	struct ahead *a = xcalloc(1, sizeof(*a));
	a->fd = fd;
	a->njobs = n * JOBS_EACH;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->done, NULL);
	while (a->nthreads < n && !thread_start(&a->threads[a->nthreads], ahead_run, a))
		a->nthreads++;
	if (!a->nthreads) {
		ahead_free(a);
		return NULL;
	}
	return a;
}

void ahead_free(struct ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_broadcast(&a->work);
	pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->nthreads; i++)
		pthread_join(a->threads[i], NULL);
	for (unsigned i = 0; i < a->njobs; i++)
		block_bytes_free(&a->jobs[i].bytes);
	pthread_cond_destroy(&a->work);
	pthread_cond_destroy(&a->done);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

bool ahead_empty(const struct ahead *a)
{
	return a->first == a->last;
}

bool ahead_room(const struct ahead *a)
{
	return a->last - a->first < a->njobs;
}

void ahead_add(struct ahead *a, uint64_t offset, const struct block_header *h)
{
	pthread_mutex_lock(&a->lock);
	struct job *j = job(a, a->last++);
	j->offset = offset;
	j->header = *h;
	j->done = false;
	pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
}

/* Called with the lock held. */
static struct job *first_job(struct ahead *a)
{
	struct job *j = job(a, a->first);

	while (!j->done)
		pthread_cond_wait(&a->done, &a->lock);
	a->first++;
	return j;
}

bool ahead_take(struct ahead *a, uint64_t offset, struct block_bytes *b)
{
	bool good = false;

	pthread_mutex_lock(&a->lock);
	if (a->first != a->last && job(a, a->first)->offset == offset) {
		struct job *j = first_job(a);
		struct block_bytes mine = *b;
		good = j->good;
		*b = j->bytes;
		j->bytes = mine;
	} else {
		a->last = a->claimed;
		while (a->first != a->last)
			first_job(a);
	}
	pthread_mutex_unlock(&a->lock);
	return good;
}
