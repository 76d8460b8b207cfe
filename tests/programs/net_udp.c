/* Datagrams are sent and received: connected or not, empty, cut, refused and too long. */
#include "check.h"
#include "loopback.h"

int main(void)
{
	struct sockaddr_in a, b, from;
	socklen_t len = sizeof(from);
	char buf[64] = "";
	int x = loopback_udp(&a), y = loopback_udp(&b);

	CHECK(sendto(x, "datagram", 8, 0, (struct sockaddr *)&b, sizeof(b)) == 8);
	CHECK(recvfrom(y, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len) == 8 &&
	      !strcmp(buf, "datagram"));
	CHECK(len == sizeof(from) && from.sin_port == a.sin_port);
	CHECK(connect(x, (struct sockaddr *)&b, sizeof(b)) == 0 && send(x, "", 0, 0) == 0 &&
	      send(x, "abcdef", 6, 0) == 6);
	CHECK(recv(y, buf, sizeof(buf), 0) == 0 && recv(y, buf, 3, MSG_TRUNC) == 6);
	CHECK(recv(y, buf, sizeof(buf), MSG_DONTWAIT) == -1 && errno == EAGAIN);
	len = 4;
	CHECK(write(x, "cut name", 8) == 8 &&
	      recvfrom(y, buf, 64, 0, (struct sockaddr *)&from, &len) == 8 && len == 16);
	CHECK(close(y) == 0 && send(x, "nobody", 6, 0) == 6);
	CHECK(recv(x, buf, 1, 0) == -1 && errno == ECONNREFUSED);
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	CHECK(connect(x, &none, sizeof(none)) == 0 && send(x, "x", 1, 0) == -1 &&
	      errno == EDESTADDRREQ);
	static char huge[70000];
	CHECK(sendto(x, huge, sizeof(huge), 0, (struct sockaddr *)&a, sizeof(a)) == -1 &&
	      errno == EMSGSIZE);
	printf("ports %d %d\n", ntohs(a.sin_port), ntohs(b.sin_port));
	puts("ok");
	return 0;
}
