/* Rounding modes and long sums of floats in threads that yield to each other. */
#include "check.h"

#include <pthread.h>
#include <xmmintrin.h>

static double sums[4];

static void *run(void *arg)
{
	long me = (long)arg;
	volatile double third = 1;
	int i;

	_mm_setcsr(0x1f80 | ((unsigned)me << 13));
	for (i = 0; i < 200; i++) {
		sums[me] += third / 3 / (i + 1);
		sched_yield();
	}
	CHECK((_mm_getcsr() & 0x6000) == (unsigned)me << 13);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];
	long i;

	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, (void *)i));
	for (i = 0; i < 4; i++) {
		CHECK(!pthread_join(threads[i], NULL));
		printf("%ld: %a\n", i, sums[i]);
	}
	CHECK(sums[1] < sums[2] && sums[1] <= sums[0] && sums[0] <= sums[2] && sums[3] < sums[2]);
	puts("ok");
	return 0;
}
