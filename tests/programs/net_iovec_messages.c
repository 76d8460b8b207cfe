/* sendmsg and recvmsg scatter and gather named messages over UDP. */
#include "check.h"
#include "loopback.h"

int main(void)
{
	struct sockaddr_in a, b, from = {0};
	int x = loopback_udp(&a), y = loopback_udp(&b);
	char one[4] = "", two[6] = "", three[32] = "";
	struct iovec out[3] = {{"scat", 4}, {"", 0}, {"tered over pieces", 18}};
	struct iovec in[3] = {{one, 3}, {two, 5}, {three, 31}};
	struct msghdr m = {
		.msg_name = &b, .msg_namelen = sizeof(b), .msg_iov = out, .msg_iovlen = 3};

	CHECK(sendmsg(x, &m, 0) == 22);
	m = (struct msghdr){
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = in, .msg_iovlen = 3};
	CHECK(recvmsg(y, &m, MSG_PEEK) == 22);
	memset(three, 0, sizeof(three));
	CHECK(recvmsg(y, &m, 0) == 22 && m.msg_namelen == sizeof(from) &&
	      from.sin_port == a.sin_port);
	CHECK(m.msg_controllen == 0 && m.msg_flags == 0);
	CHECK(!strcmp(one, "sca") && !strcmp(two, "ttere") && !strcmp(three, "d over pieces"));
	CHECK(sendto(x, "longer than one iovec", 21, 0, (struct sockaddr *)&b, sizeof(b)) == 21);
	m.msg_iovlen = 1;
	CHECK(recvmsg(y, &m, 0) == 3 && (m.msg_flags & MSG_TRUNC) && !strcmp(one, "lon"));
	CHECK(recvmsg(y, (struct msghdr *)16, MSG_DONTWAIT) == -1 && errno == EFAULT);
	m.msg_iovlen = 2000;
	CHECK(recvmsg(y, &m, MSG_DONTWAIT) == -1 && errno == EMSGSIZE);
	printf("from port %d: %s|%s|%s\n", ntohs(from.sin_port), one, two, three);
	puts("ok");
	return 0;
}
