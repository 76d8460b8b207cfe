/* A server and its child as a client: both names of both ends, and half-closing. */
#include "check.h"
#include "loopback.h"

#include <arpa/inet.h>
#include <sys/wait.h>

int main(void)
{
	struct sockaddr_in me, peer, client;
	socklen_t len = sizeof(me);
	char buf[64] = "";
	int status, listener = loopback_listen(&me);

	pid_t child = fork();
	if (child == 0) {
		int s = socket(AF_INET, SOCK_STREAM, 0);
		CHECK(connect(s, (struct sockaddr *)&me, sizeof(me)) == 0);
		CHECK(getpeername(s, (struct sockaddr *)&peer, &len) == 0 &&
		      peer.sin_port == me.sin_port);
		CHECK(write(s, "half", 4) == 4 && write(s, "-closed", 8) == 8 &&
		      shutdown(s, SHUT_WR) == 0);
		ssize_t n = read(s, buf, sizeof(buf));
		CHECK(n == 7 && !memcmp(buf, "goodbye", 7) && read(s, buf, sizeof(buf)) == 0);
		_exit(0);
	}
	len = sizeof(client);
	int s = accept4(listener, (struct sockaddr *)&client, &len, SOCK_CLOEXEC);
	CHECK(s >= 0 && len == sizeof(client) && client.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
	CHECK(getsockname(s, (struct sockaddr *)&peer, &len) == 0 && peer.sin_port == me.sin_port);
	size_t got = 0;
	ssize_t n;
	while ((n = read(s, buf + got, sizeof(buf) - got)) > 0)
		got += n;
	CHECK(n == 0 && got == 12 && !strcmp(buf, "half-closed"));
	CHECK(send(s, "goodbye", 7, 0) == 7 && close(s) == 0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	printf("port %d, client %s:%d\n", ntohs(me.sin_port), inet_ntoa(client.sin_addr),
	       ntohs(client.sin_port));
	puts("ok");
	return 0;
}
