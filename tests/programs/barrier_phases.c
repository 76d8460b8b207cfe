/* Eight threads in step through 20 phases of a barrier; one is the serial thread each time. */
#include "check.h"

#include <pthread.h>

#define THREADS 8
#define PHASES 20

static pthread_barrier_t barrier;
static int counts[PHASES], serial[PHASES];

static void *run(void *arg)
{
	int phase, result;

	for (phase = 0; phase < PHASES; phase++) {
		__atomic_fetch_add(&counts[phase], 1, __ATOMIC_RELAXED);
		result = pthread_barrier_wait(&barrier);
		CHECK(__atomic_load_n(&counts[phase], __ATOMIC_RELAXED) == THREADS);
		if (result == PTHREAD_BARRIER_SERIAL_THREAD)
			serial[phase] = (int)(long)arg + 1;
		else
			CHECK(!result);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	long i;

	CHECK(!pthread_barrier_init(&barrier, NULL, THREADS));
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, (void *)i));
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_join(threads[i], NULL));
	for (i = 0; i < PHASES; i++) {
		CHECK(serial[i]);
		printf("%d ", serial[i]);
	}
	puts("\nok");
	return 0;
}
