/* The affinity mask as seen, set to one of its processors and back; processors by sysconf. */
#include "check.h"

#include <pthread.h>

static void *count(void *arg)
{
	cpu_set_t set;

	CHECK(!pthread_getaffinity_np(pthread_self(), sizeof(set), &set));
	*(int *)arg = CPU_COUNT(&set);
	return NULL;
}

int main(void)
{
	cpu_set_t first, one, now;
	pthread_t thread;
	int cpu, in_thread;

	CHECK(!sched_getaffinity(0, sizeof(first), &first) && CPU_COUNT(&first) > 0);
	printf("%d processors, %ld online\n", CPU_COUNT(&first), sysconf(_SC_NPROCESSORS_ONLN));
	for (cpu = 0; !CPU_ISSET(cpu, &first); cpu++)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CHECK(!sched_setaffinity(0, sizeof(one), &one));
	CHECK(!sched_getaffinity(0, sizeof(now), &now) && CPU_EQUAL(&now, &one));
	CHECK(!pthread_create(&thread, NULL, count, &in_thread) && !pthread_join(thread, NULL));
	CHECK(in_thread == 1);
	printf("cpu %d, reported %d\n", cpu, sched_getcpu());
	CHECK(!sched_setaffinity(0, sizeof(first), &first));
	CHECK(!sched_getaffinity(0, sizeof(now), &now) && CPU_EQUAL(&now, &first));
	CPU_ZERO(&one);
	CHECK(sched_setaffinity(0, sizeof(one), &one) == -1 && errno == EINVAL);
	CHECK(sched_getaffinity(0, 1, &one) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
