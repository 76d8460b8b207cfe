/* timerfd counts expirations of periodic, relative and absolute timers. */
#include "check.h"

#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>

int main(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct itimerspec set = {.it_value = {0, 1000000}, .it_interval = {0, 1000000}}, old;
	struct timespec past = {1, 0};
	unsigned long long n = 0;

	CHECK(fd >= 0 && read(fd, &n, 8) == -1 && errno == EAGAIN);
	CHECK(timerfd_settime(fd, 0, &set, &old) == 0 && old.it_value.tv_sec == 0);
	for (int i = 0; i < 3; i++) {
		struct pollfd p = {fd, POLLIN, 0};
		CHECK(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
		CHECK(read(fd, &n, 8) == 8 && n >= 1);
		printf("%llu expirations\n", n);
	}
	set = (struct itimerspec){.it_value = {1000, 0}};
	CHECK(timerfd_settime(fd, 0, &set, NULL) == 0 && timerfd_gettime(fd, &old) == 0);
	printf("left %ld.%09ld\n", old.it_value.tv_sec, old.it_value.tv_nsec);
	CHECK(old.it_value.tv_sec > 900 && old.it_value.tv_sec <= 1000 && read(fd, &n, 8) == -1 &&
	      errno == EAGAIN);
	set.it_value = past;
	CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &set, NULL) == 0);
	int blocking = timerfd_create(CLOCK_REALTIME, 0);
	CHECK(timerfd_settime(blocking, TFD_TIMER_ABSTIME, &set, NULL) == 0 &&
	      read(blocking, &n, 8) == 8 && n == 1);
	CHECK(timerfd_create(999, 0) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
