/* SO_RCVTIMEO and SO_SNDTIMEO end waits that nothing else would end. */
#include "check.h"
#include "loopback.h"

int main(void)
{
	struct sockaddr_in me;
	struct timeval t = {0, 1000};
	int udp = loopback_udp(&me), sv[2], listener = loopback_listen(&me);
	static char page[65536];
	char c;
	long total = 0;
	ssize_t n;

	CHECK(setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0);
	CHECK(recv(udp, &c, 1, 0) == -1 && errno == EAGAIN);
	CHECK(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0);
	CHECK(accept(listener, NULL, NULL) == -1 && errno == EAGAIN);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	CHECK(setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)) == 0);
	while ((n = send(sv[0], page, sizeof(page), 0)) > 0)
		total += n;
	CHECK(errno == EAGAIN);
	printf("%ld bytes fit\n", total);
	puts("ok");
	return 0;
}
