/* sendmmsg and recvmmsg transfer many datagrams in a call, with names and different lengths. A time
 * limit ends a wait. */
#include "check.h"
#include "loopback.h"

int main(void)
{
	struct sockaddr_in a, b, from[8];
	int x = loopback_udp(&a), y = loopback_udp(&b), n;
	char out[5][16], in[8][16];
	struct iovec vo[5], vi[8];
	struct mmsghdr mo[5] = {0}, mi[8] = {0};

	for (int i = 0; i < 5; i++) {
		vo[i] = (struct iovec){out[i], snprintf(out[i], 16, "message %.*s", i, "12345")};
		mo[i].msg_hdr = (struct msghdr){.msg_name = &b,
						.msg_namelen = sizeof(b),
						.msg_iov = &vo[i],
						.msg_iovlen = 1};
	}
	for (int i = 0; i < 8; i++) {
		vi[i] = (struct iovec){in[i], 16};
		mi[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
						.msg_namelen = 16,
						.msg_iov = &vi[i],
						.msg_iovlen = 1};
	}
	CHECK(sendmmsg(x, mo, 5, 0) == 5 && mo[4].msg_len == 12);
	n = recvmmsg(y, mi, 2, 0, NULL);
	CHECK(n == 2 && mi[1].msg_len == 9 && !memcmp(in[1], "message 1", 9));
	n = recvmmsg(y, mi, 8, MSG_WAITFORONE, NULL);
	CHECK(n == 3 && mi[0].msg_len == 10 && mi[2].msg_len == 12 &&
	      !memcmp(in[2], "message 1234", 12));
	CHECK(from[2].sin_port == a.sin_port && mi[2].msg_hdr.msg_namelen == 16);
	CHECK(recvmmsg(y, mi, 8, MSG_DONTWAIT, NULL) == -1 && errno == EAGAIN);
	struct timespec t = {100, 0};
	CHECK(sendmmsg(x, mo, 1, 0) == 1 && recvmmsg(y, mi, 1, 0, &t) == 1);
	printf("port %d left %ld.%09ld\n", ntohs(a.sin_port), t.tv_sec, t.tv_nsec);
	puts("ok");
	return 0;
}
