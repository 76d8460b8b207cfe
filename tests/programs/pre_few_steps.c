/* Few instructions: two threads alternate without the kernel, and a timer expires now and then. */
#include "preempt.h"

enum { TURNS = 40 };

static atomic_int turn;
static uint64_t sums[2];

static void *play(void *arg)
{
	int me = *(int *)arg;

	for (int i = 0; i < TURNS; i++) {
		while (atomic_load_explicit(&turn, memory_order_acquire) % 2 != me)
			;
		sums[me] = mix(sums[me], (uint64_t)i);
		atomic_fetch_add(&turn, 1);
	}
	return NULL;
}

int main(void)
{
	static int ids[2] = {0, 1};
	pthread_t other;

	handle(SIGALRM, count_alarm, SA_RESTART);
	timer_every(ITIMER_REAL, 60000);
	CHECK(!pthread_create(&other, NULL, play, &ids[1]));
	play(&ids[0]);
	CHECK(!pthread_join(other, NULL));
	CHECK(sums[0] == sums[1]);
	while (alarms < 5)
		;
	alarms_stop();
	puts("ok");
	return 0;
}
