/* Four threads wait in one epoll set. Each event wakes one of them. */
#include "check.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int ep, ev, quit, done[4];

static void *waiter(void *arg)
{
	int *mine = arg;
	struct epoll_event got;

	for (;;) {
		eventfd_t n;
		CHECK(epoll_wait(ep, &got, 1, -1) == 1);
		if (got.data.fd == quit)
			return NULL;
		if (eventfd_read(ev, &n) == 0)
			__atomic_add_fetch(mine, 1, __ATOMIC_SEQ_CST);
	}
}

int main(void)
{
	pthread_t t[4];
	struct epoll_event e = {.events = EPOLLIN};

	ep = epoll_create1(0);
	ev = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK);
	quit = eventfd(0, 0);
	e.data.fd = ev;
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e) == 0);
	e.data.fd = quit;
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, quit, &e) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&t[i], NULL, waiter, &done[i]) == 0);
	for (int i = 0; i < 100; i++)
		CHECK(eventfd_write(ev, 1) == 0);
	int sum = 0;
	while (sum < 100) {
		sched_yield();
		sum = 0;
		for (int i = 0; i < 4; i++)
			sum += __atomic_load_n(&done[i], __ATOMIC_SEQ_CST);
	}
	CHECK(eventfd_write(quit, 1) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	printf("%d %d %d %d\n", done[0], done[1], done[2], done[3]);
	puts("ok");
	return 0;
}
