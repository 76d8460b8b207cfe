/* Four threads increment under one mutex, yielding while they own it. */
#include "check.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long count, switches;
static pid_t last;

static void *run(void *arg)
{
	long seen;
	int i;

	for (i = 0; i < 500; i++) {
		CHECK(!pthread_mutex_lock(&mutex));
		seen = count;
		if (last != gettid())
			switches++;
		last = gettid();
		if (i % 16 == 0)
			sched_yield();
		count = seen + 1;
		CHECK(!pthread_mutex_unlock(&mutex));
	}
	return arg;
}

int main(void)
{
	pthread_t threads[4];
	int i;

	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, NULL));
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("%ld increments, %ld switches\n", count, switches);
	CHECK(count == 2000);
	puts("ok");
	return 0;
}
