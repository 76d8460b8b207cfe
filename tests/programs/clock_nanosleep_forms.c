/* clock_nanosleep: relative, absolute, a time gone by, and bad arguments. */
#include "check.h"

#include <time.h>

static long long nanoseconds(const struct timespec *time)
{
	return time->tv_sec * 1000000000LL + time->tv_nsec;
}

int main(void)
{
	int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI};
	struct timespec before, after, until, bad = {.tv_nsec = 1000000000},
					      step = {.tv_nsec = 1500000};
	size_t i;

	for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		CHECK(!clock_gettime(clocks[i], &before) &&
		      !clock_nanosleep(clocks[i], 0, &step, NULL));
		CHECK(!clock_gettime(clocks[i], &after));
		CHECK(nanoseconds(&after) - nanoseconds(&before) >= 1500000);
		until = after;
		until.tv_nsec += 2000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		CHECK(!clock_nanosleep(clocks[i], TIMER_ABSTIME, &until, NULL));
		CHECK(!clock_gettime(clocks[i], &after) &&
		      nanoseconds(&after) >= nanoseconds(&until));
		CHECK(!clock_nanosleep(clocks[i], TIMER_ABSTIME, &before, NULL));
		printf("clock %d: %lld ns\n", clocks[i],
		       nanoseconds(&after) - nanoseconds(&before));
	}
	CHECK(clock_nanosleep(CLOCK_REALTIME, 0, &bad, NULL) == EINVAL);
	CHECK(clock_nanosleep(77, 0, &step, NULL) == EINVAL);
	puts("ok");
	return 0;
}
