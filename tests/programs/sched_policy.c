/* Scheduling policy and parameters are got and set, also by sched_setattr; a child may reset them.
 */
#include "check.h"

#include <stdint.h>
#include <sys/syscall.h>

struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

int main(void)
{
	struct sched_param param = {0};
	struct attributes attr = {0};
	struct timespec interval;

	CHECK(sched_getscheduler(0) == SCHED_OTHER);
	CHECK(!sched_getparam(0, &param) && param.sched_priority == 0);
	CHECK(!sched_setscheduler(0, SCHED_BATCH, &param) && sched_getscheduler(0) == SCHED_BATCH);
	CHECK(sched_get_priority_min(SCHED_FIFO) == 1 && sched_get_priority_max(SCHED_FIFO) == 99);
	CHECK(!sched_rr_get_interval(0, &interval));
	printf("interval %ld.%09ld\n", (long)interval.tv_sec, interval.tv_nsec);
	CHECK(!syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0));
	printf("size %u policy %u nice %d runtime %lu\n", attr.size, attr.policy, attr.nice,
	       (unsigned long)attr.runtime);
	CHECK(attr.policy == SCHED_BATCH);
	attr = (struct attributes){.size = sizeof(attr), .policy = SCHED_OTHER, .nice = 5};
	CHECK(!syscall(SYS_sched_setattr, 0, &attr, 0));
	CHECK(sched_getscheduler(0) == SCHED_OTHER && nice(0) == 5);
	CHECK(sched_setscheduler(0, 77, &param) == -1 && errno == EINVAL);
	CHECK(sched_getscheduler(1 << 30) == -1 && errno == ESRCH);
	puts("ok");
	return 0;
}
