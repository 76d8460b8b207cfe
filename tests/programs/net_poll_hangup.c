/* poll and epoll report a peer that shuts down one direction, and then dies. */
#include "check.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

int main(void)
{
	int sv[2], go[2], ep = epoll_create1(0);
	char c;
	struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET}, got;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0 && pipe(go) == 0);
	pid_t child = fork();
	if (child == 0) {
		close(sv[0]);
		CHECK(shutdown(sv[1], SHUT_WR) == 0);
		_exit(read(go[0], &c, 1) != 1);
	}
	close(sv[1]);
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, sv[0], &e) == 0);
	struct pollfd p = {sv[0], POLLIN | POLLRDHUP, 0};
	do
		CHECK(poll(&p, 1, -1) == 1);
	while (!(p.revents & POLLRDHUP));
	CHECK(!(p.revents & POLLHUP) && read(sv[0], &c, 1) == 0);
	CHECK(epoll_wait(ep, &got, 1, -1) == 1 && (got.events & EPOLLRDHUP));
	CHECK(write(go[1], "", 1) == 1 && waitpid(child, NULL, 0) == child);
	CHECK(epoll_wait(ep, &got, 1, -1) == 1 && (got.events & EPOLLHUP));
	CHECK(poll(&p, 1, -1) == 1 && (p.revents & POLLHUP));
	printf("%x %x\n", got.events, p.revents);
	puts("ok");
	return 0;
}
