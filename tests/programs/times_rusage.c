/* times, clock and getrusage: never backwards, and children's time is counted once reaped. */
#include "check.h"

#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

int main(void)
{
	struct rusage self, thread;
	struct tms before, after;
	clock_t ticks, later, used;
	volatile long work;
	pid_t child;

	used = clock();
	ticks = times(&before);
	CHECK(ticks != (clock_t)-1);
	child = fork();
	CHECK(child >= 0);
	for (work = 0; work < 3000000; work++)
		;
	if (!child)
		_exit(0);
	CHECK(status_of(child) == 0);
	later = times(&after);
	CHECK(later >= ticks && after.tms_utime >= before.tms_utime && clock() >= used);
	CHECK(after.tms_cutime >= before.tms_cutime);
	CHECK(!getrusage(RUSAGE_SELF, &self) && !getrusage(RUSAGE_THREAD, &thread));
	printf("%ld: user %ld system %ld children %ld %ld\n", (long)later, (long)after.tms_utime,
	       (long)after.tms_stime, (long)after.tms_cutime, (long)after.tms_cstime);
	printf("user %ld us, maxrss %ld kB, faults %ld %ld\n", (long)self.ru_utime.tv_usec,
	       self.ru_maxrss, self.ru_minflt, self.ru_majflt);
	CHECK(self.ru_maxrss > 0 && getrusage(77, &self) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
