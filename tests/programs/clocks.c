/* clock_gettime of every clock: none goes backwards, in 200 readings each; clock_getres. */
#include "check.h"

#include <time.h>

int main(void)
{
	struct timespec before, now, resolution;
	int clock, i;

	for (clock = 0; clock < 12; clock++) {
		if (clock_gettime(clock, &before)) {
			printf("clock %d: %s\n", clock, strerror(errno));
			CHECK(errno == EINVAL);
			continue;
		}
		for (i = 0; i < 200; i++) {
			CHECK(!clock_gettime(clock, &now) && now.tv_nsec >= 0 &&
			      now.tv_nsec < 1000000000);
			if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE &&
			    clock != CLOCK_TAI)
				CHECK(now.tv_sec > before.tv_sec ||
				      (now.tv_sec == before.tv_sec &&
				       now.tv_nsec >= before.tv_nsec));
			before = now;
		}
		CHECK(!clock_getres(clock, &resolution));
		printf("clock %d: %ld.%09ld, resolution %ld ns\n", clock, (long)now.tv_sec,
		       now.tv_nsec, resolution.tv_nsec);
	}
	CHECK(clock_gettime(99, &now) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
