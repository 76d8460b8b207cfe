/* Nonblocking connects: EINPROGRESS, then writable with SO_ERROR, for an accepted and a refused
 * one. */
#include "check.h"
#include "loopback.h"

#include <poll.h>

int main(void)
{
	struct sockaddr_in me, gone;
	int listener = loopback_listen(&me), closed = loopback_listen(&gone), error;

	close(closed);
	for (int i = 0; i < 2; i++) {
		int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		socklen_t len = sizeof(error);
		int r = connect(s, (struct sockaddr *)(i ? &gone : &me), sizeof(me));
		printf("%s: %s\n", i ? "closed" : "open", r ? strerror(errno) : "at once");
		CHECK(r == 0 || errno == EINPROGRESS || (i && errno == ECONNREFUSED));
		struct pollfd p = {s, POLLOUT, 0};
		CHECK(poll(&p, 1, -1) == 1 &&
		      getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len) == 0);
		CHECK(error == (i && errno != ECONNREFUSED ? ECONNREFUSED : 0));
		char c;
		CHECK(i || (recv(s, &c, 1, 0) == -1 && errno == EAGAIN));
	}
	int s = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	CHECK(s >= 0 && close(s) == 0);
	CHECK(ioctl(listener, FIONBIO, &(int){1}) == 0 && accept(listener, NULL, NULL) == -1 &&
	      errno == EAGAIN);
	puts("ok");
	return 0;
}
