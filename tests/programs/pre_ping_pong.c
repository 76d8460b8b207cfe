/* Two threads pass a ball through one variable; the one that waits spins without a call. */
#include "preempt.h"

enum { ROUNDS = 4 };

static atomic_ulong ball;
static unsigned long waits[2];

static void *play(void *arg)
{
	unsigned long me = (unsigned long)arg, n;

	for (n = me; n < 2 * ROUNDS; n += 2) {
		while (atomic_load_explicit(&ball, memory_order_acquire) != n)
			waits[me]++;
		atomic_store_explicit(&ball, n + 1, memory_order_release);
	}
	return NULL;
}

int main(void)
{
	pthread_t other;

	CHECK(!pthread_create(&other, NULL, play, (void *)1));
	play((void *)0);
	CHECK(!pthread_join(other, NULL));
	printf("waited %lu and %lu turns\n", waits[0], waits[1]);
	CHECK(ball == 2 * ROUNDS);
	puts("ok");
	return 0;
}
