/* Two processes exchange messages over a pair of sockets, and one shuts down its end. */
#include "check.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

int main(void)
{
	int sv[2], status;
	char buf[32] = "";
	struct sockaddr_un name;
	socklen_t len = sizeof(name);

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == 0);
	pid_t child = fork();
	if (child == 0) {
		CHECK(read(sv[1], buf, 8) == 8 && !strcmp(buf, "request"));
		CHECK(send(sv[1], "answer", 7, MSG_NOSIGNAL) == 7);
		_exit(shutdown(sv[1], SHUT_WR));
	}
	close(sv[1]);
	CHECK(write(sv[0], "request", 8) == 8 && recv(sv[0], buf, sizeof(buf), 0) == 7 &&
	      !strcmp(buf, "answer"));
	CHECK(recv(sv[0], buf, sizeof(buf), 0) == 0 && waitpid(child, &status, 0) == child &&
	      status == 0);
	CHECK(send(sv[0], "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
	CHECK(getsockname(sv[0], (struct sockaddr *)&name, &len) == 0 &&
	      len == sizeof(sa_family_t));
	CHECK(socketpair(AF_INET, SOCK_STREAM, 0, sv) == -1 && errno == EOPNOTSUPP);
	CHECK(socketpair(AF_UNIX, 99, 0, sv) == -1);
	printf("%d %s\n", child, buf);
	puts("ok");
	return 0;
}
