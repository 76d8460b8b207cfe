/* Three threads spin on a flag that a fourth sets after it has computed. */
#include "preempt.h"

static atomic_int flag, spinning;
static unsigned long turns[3];

static void *spin(void *arg)
{
	unsigned long n = 0;

	atomic_fetch_add(&spinning, 1);
	while (!atomic_load_explicit(&flag, memory_order_relaxed))
		n++;
	turns[(long)arg] = n;
	return NULL;
}

static void *set(void *arg)
{
	volatile unsigned long work;

	while (atomic_load(&spinning) < 3)
		;
	for (work = 0; work < 2000000; work++)
		;
	atomic_store(&flag, 1);
	return arg;
}

int main(void)
{
	pthread_t threads[4];
	long i;

	for (i = 0; i < 3; i++)
		CHECK(!pthread_create(&threads[i], NULL, spin, (void *)i));
	CHECK(!pthread_create(&threads[3], NULL, set, NULL));
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(threads[i], NULL));
	printf("%lu %lu %lu turns\n", turns[0], turns[1], turns[2]);
	puts("ok");
	return 0;
}
