/* POSIX timers by signal, two at once with values, expire in a loop without calls. */
#include "preempt.h"

#include <time.h>

static volatile sig_atomic_t expirations[2];
static volatile long overruns;
static volatile uint64_t order;

static void ring(int sig, siginfo_t *info, void *context)
{
	int which = info->si_value.sival_int;

	CHECK(info->si_code == SI_TIMER && (which == 0 || which == 1) && sig == SIGRTMIN + which);
	expirations[which]++;
	overruns += info->si_overrun;
	order = mix_frame(mix(order, (uint64_t)which), context);
}

int main(void)
{
	static const clockid_t clocks[2] = {CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID};
	struct itimerspec every = {.it_value = {.tv_nsec = 1000000},
				   .it_interval = {.tv_nsec = 1000000}};
	timer_t timers[2];
	unsigned long turns;
	int i;

	for (i = 0; i < 2; i++) {
		struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + i};

		event.sigev_value.sival_int = i;
		handle(SIGRTMIN + i, ring, 0);
		CHECK(!timer_create(clocks[i], &event, &timers[i]));
		CHECK(!timer_settime(timers[i], 0, &every, NULL));
	}
	for (turns = 0; expirations[0] < 20 || expirations[1] < 10; turns++)
		;
	for (i = 0; i < 2; i++)
		CHECK(!timer_delete(timers[i]));
	printf("%lu turns, %d and %d expirations, %ld missed, %016lx\n", turns, expirations[0],
	       expirations[1], overruns, (unsigned long)order);
	puts("ok");
	return 0;
}
