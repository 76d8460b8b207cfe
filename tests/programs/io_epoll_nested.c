/* An epoll set in an epoll set in an epoll set. */
#include "check.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

int main(void)
{
	int outer = epoll_create1(0), middle = epoll_create1(0), inner = epoll_create1(0),
	    ev = eventfd(0, 0);
	struct epoll_event e = {.events = EPOLLIN}, got;

	CHECK(outer >= 0 && middle >= 0 && inner >= 0 && ev >= 0);
	e.data.fd = ev;
	CHECK(epoll_ctl(inner, EPOLL_CTL_ADD, ev, &e) == 0);
	e.data.fd = inner;
	CHECK(epoll_ctl(middle, EPOLL_CTL_ADD, inner, &e) == 0);
	e.data.fd = middle;
	CHECK(epoll_ctl(outer, EPOLL_CTL_ADD, middle, &e) == 0);
	CHECK(epoll_wait(outer, &got, 1, 0) == 0);
	CHECK(eventfd_write(ev, 3) == 0);
	CHECK(epoll_wait(outer, &got, 1, -1) == 1 && got.data.fd == middle);
	CHECK(epoll_wait(middle, &got, 1, -1) == 1 && got.data.fd == inner);
	CHECK(epoll_wait(inner, &got, 1, -1) == 1 && got.data.fd == ev);
	eventfd_t n;
	CHECK(eventfd_read(ev, &n) == 0 && n == 3 && epoll_wait(outer, &got, 1, 0) == 0);
	e.data.fd = outer;
	CHECK(epoll_ctl(inner, EPOLL_CTL_ADD, outer, &e) == -1 && errno == ELOOP);
	printf("%d %d %d %d\n", outer, middle, inner, ev);
	puts("ok");
	return 0;
}
