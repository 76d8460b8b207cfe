/* A thread sleeps in read of a timerfd, and counts for another that makes no calls. */
#include "preempt.h"

#include <sys/timerfd.h>

static atomic_int expirations;

static void *count(void *arg)
{
	struct itimerspec every = {.it_value = {.tv_nsec = 2000000},
				   .it_interval = {.tv_nsec = 2000000}};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t got;

	CHECK(fd >= 0 && !timerfd_settime(fd, 0, &every, NULL));
	while (atomic_load(&expirations) < 5) {
		CHECK(read(fd, &got, sizeof(got)) == (ssize_t)sizeof(got));
		atomic_fetch_add(&expirations, (int)got);
	}
	return arg;
}

int main(void)
{
	unsigned long turns;
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, count, NULL));
	for (turns = 0; atomic_load_explicit(&expirations, memory_order_relaxed) < 5; turns++)
		;
	CHECK(!pthread_join(thread, NULL));
	printf("%lu turns\n", turns);
	puts("ok");
	return 0;
}
