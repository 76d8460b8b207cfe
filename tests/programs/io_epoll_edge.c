/* Edge-triggered and one-shot events: one for each arrival, none for data left unread. */
#include "check.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/wait.h>

int main(void)
{
	int p[2], back[2], ep = epoll_create(1);
	struct epoll_event e = {.events = EPOLLIN | EPOLLET}, got;
	char buf[8];

	CHECK(ep >= 0 && pipe2(p, O_NONBLOCK) == 0 && pipe(back) == 0);
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e) == 0);
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 5; i++)
			CHECK(write(p[1], "ab", 2) == 2 && read(back[0], buf, 1) == 1);
		_exit(0);
	}
	for (int i = 0; i < 5; i++) {
		CHECK(epoll_wait(ep, &got, 1, -1) == 1 && read(p[0], buf, 1) == 1);
		CHECK(epoll_wait(ep, &got, 1, 0) == 0 && write(back[1], "", 1) == 1);
	}
	CHECK(waitpid(child, NULL, 0) == child && read(p[0], buf, 8) == 5);
	e.events = EPOLLIN | EPOLLONESHOT;
	CHECK(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e) == 0 && write(p[1], "c", 1) == 1);
	CHECK(epoll_wait(ep, &got, 1, -1) == 1 && epoll_wait(ep, &got, 1, 0) == 0);
	CHECK(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e) == 0 && epoll_wait(ep, &got, 1, 0) == 1);
	printf("%x child %d\n", got.events, child);
	puts("ok");
	return 0;
}
