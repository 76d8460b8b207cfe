/* Threads that wait by sched_yield in a loop do not starve the thread for which they wait and which
 * makes no calls. */
#include "preempt.h"

enum { WAITERS = 3 };

static atomic_int stage;
static unsigned long yields[WAITERS];

static void *wait_for_stages(void *arg)
{
	long me = (long)arg;
	int s;

	for (s = 1; s <= 4; s++)
		while (atomic_load(&stage) < s) {
			sched_yield();
			yields[me]++;
		}
	return NULL;
}

int main(void)
{
	pthread_t threads[WAITERS];
	volatile unsigned long work;
	long i;
	int s;

	for (i = 0; i < WAITERS; i++)
		CHECK(!pthread_create(&threads[i], NULL, wait_for_stages, (void *)i));
	for (s = 1; s <= 4; s++) {
		for (work = 0; work < 3000000; work++)
			;
		atomic_store(&stage, s);
	}
	for (i = 0; i < WAITERS; i++) {
		CHECK(!pthread_join(threads[i], NULL));
		printf("%lu yields\n", yields[i]);
	}
	puts("ok");
	return 0;
}
