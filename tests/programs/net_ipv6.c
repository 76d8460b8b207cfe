/* A TCP connection over the IPv6 loopback, and its addresses. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in6 me = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT},
			    from;
	socklen_t len = sizeof(me);
	char text[INET6_ADDRSTRLEN], buf[16] = "";
	int listener = socket(AF_INET6, SOCK_STREAM, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&me, sizeof(me)))
		SKIP("no IPv6 loopback");
	CHECK(listen(listener, 1) == 0 && getsockname(listener, (struct sockaddr *)&me, &len) == 0);
	int c = socket(AF_INET6, SOCK_STREAM, 0);
	CHECK(connect(c, (struct sockaddr *)&me, sizeof(me)) == 0);
	len = sizeof(from);
	int s = accept(listener, (struct sockaddr *)&from, &len);
	CHECK(s >= 0 && len == sizeof(from) && from.sin6_family == AF_INET6);
	CHECK(write(c, "six", 3) == 3 && read(s, buf, sizeof(buf)) == 3);
	printf("[%s]:%d %s\n", inet_ntop(AF_INET6, &from.sin6_addr, text, sizeof(text)),
	       ntohs(from.sin6_port), buf);
	puts("ok");
	return 0;
}
