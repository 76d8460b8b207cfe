/* rdtsc in threads and in a child: ordered by the locks and waits between them. */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>
#include <x86intrin.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long long last;

/* Reads the counter after earlier instructions have completed. */
static unsigned long long ordered_tsc(void)
{
	_mm_lfence();
	return __rdtsc();
}

static void *run(void *arg)
{
	unsigned long long now;
	int i;

	for (i = 0; i < 50; i++) {
		CHECK(!pthread_mutex_lock(&mutex));
		now = ordered_tsc();
		CHECK(now >= last);
		last = now;
		CHECK(!pthread_mutex_unlock(&mutex));
		sched_yield();
	}
	return arg;
}

int main(void)
{
	unsigned long long *shared;
	pthread_t threads[3];
	pid_t child;
	int i;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, NULL));
	for (i = 0; i < 3; i++)
		CHECK(!pthread_join(threads[i], NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		*shared = ordered_tsc();
		_exit(0);
	}
	CHECK(status_of(child) == 0 && *shared >= last && ordered_tsc() >= *shared);
	printf("%llu %llu\n", last, *shared);
	puts("ok");
	return 0;
}
