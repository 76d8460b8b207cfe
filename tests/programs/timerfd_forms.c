/* timerfd: one shot, periodic, absolute, gettime, disarm; read counts expirations. */
#include "check.h"

#include <poll.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>

int main(void)
{
	struct itimerspec once = {.it_value = {.tv_nsec = 2000000}}, off = {0}, now;
	struct itimerspec every = {.it_value = {.tv_nsec = 1000000},
				   .it_interval = {.tv_nsec = 1000000}};
	struct pollfd poll_set;
	uint64_t count, sum = 0;
	int fd;

	CHECK((fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) >= 0);
	CHECK(!timerfd_settime(fd, 0, &once, NULL));
	CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
	CHECK(!timerfd_gettime(fd, &now) && !now.it_value.tv_nsec);
	CHECK(!timerfd_settime(fd, 0, &every, NULL));
	while (sum < 10) {
		CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count >= 1);
		printf("%lu ", (unsigned long)count);
		sum += count;
	}
	CHECK(!timerfd_settime(fd, 0, &off, &now) && now.it_interval.tv_nsec == 1000000);
	CHECK(!clock_gettime(CLOCK_MONOTONIC, &once.it_value));
	CHECK(!timerfd_settime(fd, TFD_TIMER_ABSTIME, &once, NULL));
	poll_set = (struct pollfd){.fd = fd, .events = POLLIN};
	CHECK(poll(&poll_set, 1, -1) == 1);
	CHECK(!fcntl(fd, F_SETFL, O_NONBLOCK));
	CHECK(read(fd, &count, sizeof(count)) == sizeof(count) && count == 1);
	CHECK(read(fd, &count, sizeof(count)) == -1 && errno == EAGAIN);
	CHECK(timerfd_create(99, 0) == -1 && errno == EINVAL);
	puts("\nok");
	return 0;
}
