/* A counter of eventfd blocks at zero and at its maximum. */
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

static void *adder(void *arg)
{
	for (int i = 1; i <= 10; i++)
		CHECK(eventfd_write(*(int *)arg, i) == 0);
	return NULL;
}

int main(void)
{
	int ev = eventfd(5, EFD_NONBLOCK), sem = eventfd(3, EFD_SEMAPHORE);
	eventfd_t n, sum = 0;
	pthread_t t;

	CHECK(ev >= 0 && eventfd_read(ev, &n) == 0 && n == 5);
	CHECK(eventfd_read(ev, &n) == -1 && errno == EAGAIN);
	CHECK(eventfd_write(ev, 0xfffffffffffffffe) == 0 && eventfd_write(ev, 1) == -1 &&
	      errno == EAGAIN);
	CHECK(eventfd_write(ev, -1) == -1 && errno == EINVAL && read(ev, &n, 4) == -1 &&
	      errno == EINVAL);
	struct pollfd p = {ev, POLLIN | POLLOUT, 0};
	CHECK(poll(&p, 1, -1) == 1 && p.revents == POLLIN && eventfd_read(ev, &n) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(eventfd_read(sem, &n) == 0 && n == 1);
	CHECK(fcntl(ev, F_SETFL, 0) == 0 && pthread_create(&t, NULL, adder, &ev) == 0);
	while (sum < 55) {
		CHECK(eventfd_read(ev, &n) == 0);
		printf("%llu ", (unsigned long long)n);
		sum += n;
	}
	CHECK(sum == 55 && pthread_join(t, NULL) == 0);
	puts("\nok");
	return 0;
}
