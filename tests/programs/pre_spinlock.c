/* Four threads take a spinlock made of one exchange and a loop, without system calls. */
#include "preempt.h"

enum { THREADS = 4, TURNS = 400000 };

static atomic_flag lock = ATOMIC_FLAG_INIT;
static atomic_int started;
static long counter;
static long last, changes;
static uint64_t order;

static void *work(void *arg)
{
	long me = (long)arg;
	int i;

	atomic_fetch_add(&started, 1);
	while (atomic_load(&started) < THREADS)
		;
	for (i = 0; i < TURNS; i++) {
		while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
			;
		counter++;
		if (last != me) {
			last = me;
			changes++;
			order = mix(order, (uint64_t)(me + counter * 8));
		}
		atomic_flag_clear_explicit(&lock, memory_order_release);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	long i;

	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, work, (void *)(i + 1)));
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("changed hands %ld times: %016lx\n", changes, (unsigned long)order);
	CHECK(counter == (long)THREADS * TURNS);
	puts("ok");
	return 0;
}
