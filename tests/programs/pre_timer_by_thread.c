/* A POSIX timer that starts a thread for each expiration, while the main thread spins on their
 * count. */
#include "preempt.h"

#include <time.h>

static atomic_int expirations;

static void ring(union sigval value)
{
	CHECK(value.sival_int == 42);
	atomic_fetch_add(&expirations, 1);
}

int main(void)
{
	struct itimerspec every = {.it_value = {.tv_nsec = 2000000},
				   .it_interval = {.tv_nsec = 2000000}};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = ring};
	unsigned long turns;
	timer_t timer;

	event.sigev_value.sival_int = 42;
	CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	CHECK(!timer_settime(timer, 0, &every, NULL));
	for (turns = 0; atomic_load_explicit(&expirations, memory_order_relaxed) < 5; turns++)
		;
	CHECK(!timer_delete(timer));
	printf("%lu turns\n", turns);
	puts("ok");
	return 0;
}
