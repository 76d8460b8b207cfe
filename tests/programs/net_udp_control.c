/* Control data of a datagram: its time, destination and interface. */
#include "check.h"
#include "loopback.h"

#include <time.h>

int main(void)
{
	struct sockaddr_in a, b;
	int x = loopback_udp(&a), y = loopback_udp(&b), on = 1, kinds = 0;
	char byte;
	_Alignas(struct cmsghdr) char control[512];
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};

	CHECK(setsockopt(y, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) == 0);
	CHECK(setsockopt(y, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on)) == 0);
	CHECK(setsockopt(y, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) == 0);
	CHECK(sendto(x, "t", 1, 0, (struct sockaddr *)&b, sizeof(b)) == 1 &&
	      recvmsg(y, &m, 0) == 1);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		struct in_pktinfo info;
		struct timespec t;
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			printf("interface %d\n", info.ipi_ifindex);
			CHECK(info.ipi_addr.s_addr == htonl(INADDR_LOOPBACK));
		} else if (c->cmsg_level == SOL_SOCKET) {
			memcpy(&t, CMSG_DATA(c), sizeof(t));
			printf("at %ld.%09ld\n", t.tv_sec, t.tv_nsec);
			CHECK(t.tv_sec > 1000000000);
		}
		kinds++;
	}
	CHECK(kinds == 3 && !(m.msg_flags & MSG_CTRUNC));
	puts("ok");
	return 0;
}
