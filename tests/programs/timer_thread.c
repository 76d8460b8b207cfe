/* timer_create with SIGEV_THREAD: the C library runs a function in a thread. */
#include "check.h"

#include <semaphore.h>
#include <signal.h>
#include <time.h>

static sem_t rung;
static int value;

static void ring(union sigval with)
{
	value = with.sival_int;
	CHECK(!sem_post(&rung));
}

int main(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = ring};
	struct itimerspec soon = {.it_value = {.tv_nsec = 2000000}};
	timer_t timer;
	int i;

	event.sigev_value.sival_int = 31;
	CHECK(!sem_init(&rung, 0, 0) && !timer_create(CLOCK_REALTIME, &event, &timer));
	for (i = 0; i < 3; i++) {
		value = 0;
		CHECK(!timer_settime(timer, 0, &soon, NULL));
		while (sem_wait(&rung))
			CHECK(errno == EINTR);
		printf("rung with %d\n", value);
		CHECK(value == 31);
	}
	CHECK(!timer_delete(timer));
	puts("ok");
	return 0;
}
