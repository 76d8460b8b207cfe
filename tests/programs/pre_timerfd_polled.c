/* A timerfd that is read now and then during a computation. */
#include "preempt.h"

#include <sys/timerfd.h>

int main(void)
{
	struct itimerspec every = {.it_value = {.tv_nsec = 1000000},
				   .it_interval = {.tv_nsec = 1000000}};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	uint64_t expirations = 0, got, x = 1;
	unsigned long rounds;
	int i;

	CHECK(fd >= 0 && !timerfd_settime(fd, 0, &every, NULL));
	for (rounds = 0; expirations < 30; rounds++) {
		for (i = 0; i < 20000; i++)
			x = mix(x, (uint64_t)i);
		if (read(fd, &got, sizeof(got)) == (ssize_t)sizeof(got))
			expirations += got;
		else
			CHECK(errno == EAGAIN);
	}
	printf("%lu expirations in %lu rounds: %016lx\n", (unsigned long)expirations, rounds,
	       (unsigned long)x);
	puts("ok");
	return 0;
}
