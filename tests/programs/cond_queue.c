/* A queue with condition variables: three producers, two consumers, nothing lost. */
#include "check.h"

#include <pthread.h>

#define ITEMS 200

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static int queue[4], used, left = 3 * ITEMS;
static long sums[2];

static void *produce(void *arg)
{
	int i;

	for (i = 1; i <= ITEMS; i++) {
		pthread_mutex_lock(&mutex);
		while (used == 4)
			pthread_cond_wait(&emptied, &mutex);
		queue[used++] = i;
		pthread_cond_signal(&filled);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void *consume(void *arg)
{
	pthread_mutex_lock(&mutex);
	for (;;) {
		while (left && !used)
			pthread_cond_wait(&filled, &mutex);
		if (!left)
			break;
		sums[(long)arg] += queue[--used];
		if (!--left)
			pthread_cond_broadcast(&filled);
		pthread_cond_signal(&emptied);
	}
	pthread_mutex_unlock(&mutex);
	return NULL;
}

int main(void)
{
	pthread_t threads[5];
	long i;

	for (i = 0; i < 5; i++)
		CHECK(!pthread_create(&threads[i], NULL, i < 3 ? produce : consume,
				      (void *)(i - 3)));
	for (i = 0; i < 5; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("%ld + %ld\n", sums[0], sums[1]);
	CHECK(sums[0] + sums[1] == 3 * ITEMS * (ITEMS + 1) / 2);
	puts("ok");
	return 0;
}
