/* 100 threads at once, each with its own stack, id and result. */
#include "check.h"

#include <pthread.h>

#define THREADS 100

static pthread_barrier_t barrier;
static int order[THREADS], next;

static void *run(void *arg)
{
	long number = (long)arg;
	volatile char stack[1000];

	stack[number] = (char)number;
	pthread_barrier_wait(&barrier);
	order[__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED)] = (int)number;
	sched_yield();
	return (void *)(number * number + stack[number] - number);
}

int main(void)
{
	pthread_t threads[THREADS];
	void *result;
	long i;

	CHECK(!pthread_barrier_init(&barrier, NULL, THREADS));
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, (void *)i));
	for (i = 0; i < THREADS; i++) {
		CHECK(!pthread_join(threads[i], &result));
		CHECK((long)result == i * i);
	}
	for (i = 0; i < THREADS; i++)
		printf("%d ", order[i]);
	puts("\nok");
	return 0;
}
