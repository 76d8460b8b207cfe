/* time, gettimeofday and clock_gettime agree in order, by the C library and by raw calls. */
#include "check.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

int main(void)
{
	struct timespec first, last, raw;
	struct timeval middle;
	time_t seconds, later;
	struct tm parts;
	char text[64];

	seconds = time(NULL);
	CHECK(!clock_gettime(CLOCK_REALTIME, &first) && !gettimeofday(&middle, NULL));
	CHECK(!syscall(SYS_clock_gettime, CLOCK_REALTIME, &raw) &&
	      !clock_gettime(CLOCK_REALTIME, &last));
	CHECK(time(&later) == later && later >= seconds);
	printf("%ld.%09ld %ld.%06ld %ld.%09ld\n", (long)first.tv_sec, first.tv_nsec,
	       (long)middle.tv_sec, (long)middle.tv_usec, (long)last.tv_sec, last.tv_nsec);
	printf("raw %ld.%09ld time %ld\n", (long)raw.tv_sec, raw.tv_nsec, syscall(SYS_time, NULL));
	CHECK(seconds <= first.tv_sec && first.tv_sec <= middle.tv_sec + 1 &&
	      raw.tv_sec <= last.tv_sec);
	CHECK(localtime_r(&seconds, &parts) && strftime(text, sizeof(text), "%F %T %Z", &parts));
	printf("%s\n", text);
	puts("ok");
	return 0;
}
