/* rdtsc and rdtscp: never backwards, in a loop and over calls; values are printed. */
#include "check.h"

#include <x86intrin.h>

int main(void)
{
	unsigned long long last = __rdtsc(), now, first = last;
	unsigned cpu = 12345;
	int i;

	for (i = 0; i < 100; i++) {
		_mm_lfence();
		now = __rdtsc();
		CHECK(now >= last);
		last = now;
		now = __rdtscp(&cpu);
		CHECK(now >= last);
		last = now;
		if (i % 10 == 0)
			CHECK(getppid() > 0);
	}
	printf("from %llu to %llu, aux %#x\n", first, last, cpu);
	CHECK(cpu != 12345 && last > first);
	puts("ok");
	return 0;
}
