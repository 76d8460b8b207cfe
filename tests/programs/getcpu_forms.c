/* getcpu by the C library, by raw call and sched_getcpu: a processor the affinity allows. */
#include "check.h"

#include <sys/syscall.h>

int main(void)
{
	unsigned cpu = 9999, node = 9999;
	cpu_set_t allowed;
	int i;

	CHECK(!sched_getaffinity(0, sizeof(allowed), &allowed));
	for (i = 0; i < 10; i++) {
		CHECK(!syscall(SYS_getcpu, &cpu, &node, NULL) && cpu < CPU_SETSIZE && node < 9999);
		printf("%u.%u %d ", cpu, node, sched_getcpu());
		CHECK(CPU_ISSET((int)cpu, &allowed));
		CHECK(!getcpu(&cpu, &node) && CPU_ISSET((int)cpu, &allowed));
		CHECK(sched_getcpu() >= 0);
		sched_yield();
	}
	CHECK(!syscall(SYS_getcpu, NULL, NULL, NULL));
	puts("\nok");
	return 0;
}
