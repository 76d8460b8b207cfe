/* A POSIX timer for each of three computing threads. Its signal interrupts only that thread. */
#include "preempt.h"

#include <time.h>

enum { THREADS = 3, RINGS = 8 };

static __thread volatile sig_atomic_t expirations;
static __thread long me;

static void ring(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	CHECK(info->si_value.sival_int == me);
	expirations++;
}

static void *work(void *arg)
{
	struct itimerspec every = {.it_value = {.tv_nsec = 1000000},
				   .it_interval = {.tv_nsec = 1000000}};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
	unsigned long turns;
	timer_t timer;

	me = (long)arg;
	event.sigev_value.sival_int = (int)me;
	event._sigev_un._tid = gettid();
	CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	CHECK(!timer_settime(timer, 0, &every, NULL));
	for (turns = 0; expirations < RINGS; turns++)
		;
	CHECK(!timer_delete(timer));
	return (void *)turns;
}

int main(void)
{
	pthread_t threads[THREADS];
	void *turns;
	long i;

	handle(SIGUSR1, ring, 0);
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, work, (void *)(i + 1)));
	for (i = 0; i < THREADS; i++) {
		CHECK(!pthread_join(threads[i], &turns));
		printf("%lu turns\n", (unsigned long)turns);
	}
	puts("ok");
	return 0;
}
