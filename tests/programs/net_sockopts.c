/* Socket options of several levels and types are set and read, also with a short buffer. */
#include "check.h"
#include "loopback.h"

#include <netinet/tcp.h>

int main(void)
{
	struct sockaddr_in me;
	int listener = loopback_listen(&me), s = socket(AF_INET, SOCK_STREAM, 0), v = 0;
	socklen_t len = sizeof(v);
	struct linger linger = {1, 5};
	struct timeval t;
	struct tcp_info info;
	char name[16] = "";

	CHECK(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, &len) == 0 && v == SOCK_STREAM && len == 4);
	CHECK(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &v, &len) == 0 && v == 1);
	CHECK(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &(int){1}, 4) == 0);
	CHECK(getsockopt(s, IPPROTO_TCP, TCP_NODELAY, &v, &len) == 0 && v == 1);
	CHECK(setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == 0);
	memset(&linger, 0, sizeof(linger));
	len = sizeof(linger);
	CHECK(getsockopt(s, SOL_SOCKET, SO_LINGER, &linger, &len) == 0 && linger.l_linger == 5);
	CHECK(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){3, 0}, sizeof(t)) == 0);
	len = sizeof(t);
	CHECK(getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, &len) == 0 && t.tv_sec == 3);
	len = 2;
	CHECK(getsockopt(s, SOL_SOCKET, SO_RCVBUF, &v, &len) == 0 && len == 2);
	CHECK(connect(s, (struct sockaddr *)&me, sizeof(me)) == 0);
	len = sizeof(info);
	CHECK(getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	      info.tcpi_state == TCP_ESTABLISHED);
	len = sizeof(name);
	CHECK(getsockopt(s, IPPROTO_TCP, TCP_CONGESTION, name, &len) == 0);
	len = sizeof(v);
	CHECK(getsockopt(s, SOL_SOCKET, SO_ERROR, &v, &len) == 0 && v == 0);
	CHECK(getsockopt(s, SOL_SOCKET, 9999, &v, &len) == -1 && errno == ENOPROTOOPT);
	CHECK(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, 1) == -1 && errno == EINVAL);
	printf("%s rtt %u mss %u\n", name, info.tcpi_rtt, info.tcpi_snd_mss);
	puts("ok");
	return 0;
}
