/* A level-triggered epoll set reports descriptors as long as they are ready. */
#include "check.h"

#include <sys/epoll.h>

int main(void)
{
	int a[2], b[2], ep = epoll_create1(EPOLL_CLOEXEC), n;
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = 0x123456789abcdef0}, got[4];
	char c;

	CHECK(ep >= 0 && pipe(a) == 0 && pipe(b) == 0);
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, a[0], &e) == 0 && epoll_wait(ep, got, 4, 0) == 0);
	e.data.ptr = &c;
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, b[0], &e) == 0);
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, b[0], &e) == -1 && errno == EEXIST);
	CHECK(write(a[1], "12", 2) == 2);
	for (int i = 0; i < 2; i++) {
		CHECK(epoll_wait(ep, got, 4, -1) == 1 && got[0].data.u64 == 0x123456789abcdef0 &&
		      got[0].events == EPOLLIN);
		CHECK(read(a[0], &c, 1) == 1);
	}
	CHECK(epoll_wait(ep, got, 4, 0) == 0 && write(a[1], "3", 1) == 1 && close(b[1]) == 0);
	CHECK((n = epoll_wait(ep, got, 1, 1000)) == 1 && (n = epoll_wait(ep, got, 4, 1000)) == 2);
	for (int i = 0; i < n; i++)
		printf("%x %s\n", got[i].events, got[i].data.ptr == &c ? "b" : "a");
	e.events = EPOLLOUT;
	CHECK(epoll_ctl(ep, EPOLL_CTL_MOD, a[0], &e) == 0 &&
	      epoll_ctl(ep, EPOLL_CTL_DEL, b[0], NULL) == 0);
	CHECK(epoll_wait(ep, got, 4, 0) == 0);
	CHECK(epoll_ctl(ep, EPOLL_CTL_DEL, b[0], NULL) == -1 && errno == ENOENT);
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &e) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
