/* Errors: no listener, an address in use, a socket of another kind. */
#include "check.h"
#include "loopback.h"

int main(void)
{
	struct sockaddr_in me;
	int listener = loopback_listen(&me), s = socket(AF_INET, SOCK_STREAM, 0);
	char c;

	CHECK(bind(s, (struct sockaddr *)&me, sizeof(me)) == -1 && errno == EADDRINUSE);
	CHECK(recv(s, &c, 1, 0) == -1 && errno == ENOTCONN && close(listener) == 0);
	CHECK(connect(s, (struct sockaddr *)&me, sizeof(me)) == -1 && errno == ECONNREFUSED);
	CHECK(accept(s, NULL, NULL) == -1 && errno == EINVAL);
	CHECK(connect(s, (struct sockaddr *)&me, 3) == -1 && errno == EINVAL);
	int p[2];
	CHECK(pipe(p) == 0 && connect(p[0], (struct sockaddr *)&me, sizeof(me)) == -1 &&
	      errno == ENOTSOCK);
	CHECK(socket(AF_INET, SOCK_STREAM, 9999) == -1 && socket(9999, SOCK_STREAM, 0) == -1 &&
	      errno == EAFNOSUPPORT);
	CHECK(bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)16, sizeof(me)) == -1 &&
	      errno == EFAULT);
	printf("port %d\n", ntohs(me.sin_port));
	puts("ok");
	return 0;
}
