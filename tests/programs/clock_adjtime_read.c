/* adjtimex and clock_adjtime that only read. */
#include "check.h"

#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>

int main(void)
{
	struct timex state = {0}, again = {0};
	int result = adjtimex(&state);

	CHECK(result >= 0);
	printf("state %d status %#x tick %ld freq %ld\n", result, (unsigned)state.status,
	       state.tick, state.freq);
	printf("time %ld.%ld\n", (long)state.time.tv_sec, (long)state.time.tv_usec);
	CHECK(clock_adjtime(CLOCK_REALTIME, &again) == result && again.tick == state.tick);
	CHECK(syscall(SYS_adjtimex, NULL) == -1 && errno == EFAULT);
	puts("ok");
	return 0;
}
