/* Two threads pass a ball back and forth with sched_yield alone. */
#include "check.h"

#include <pthread.h>

static int ball;
static long yields[2];

static void *play(void *arg)
{
	int me = (int)(long)arg, i;

	for (i = 0; i < 100; i++) {
		while (__atomic_load_n(&ball, __ATOMIC_ACQUIRE) != me) {
			yields[me]++;
			sched_yield();
		}
		__atomic_store_n(&ball, !me, __ATOMIC_RELEASE);
	}
	return NULL;
}

int main(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, play, (void *)1L));
	play((void *)0L);
	CHECK(!pthread_join(thread, NULL));
	printf("%ld and %ld yields\n", yields[0], yields[1]);
	puts("ok");
	return 0;
}
