/* MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT, and MSG_WAITALL for data that comes in pieces. */
#include "check.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

int main(void)
{
	int sv[2], dg[2], turn[2];
	char buf[32] = "";

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0 &&
	      socketpair(AF_UNIX, SOCK_DGRAM, 0, dg) == 0);
	CHECK(send(sv[0], "peeked", 6, 0) == 6 && recv(sv[1], buf, 3, MSG_PEEK) == 3 &&
	      !strcmp(buf, "pee"));
	CHECK(recv(sv[1], buf, 32, 0) == 6 && !strcmp(buf, "peeked"));
	CHECK(recv(sv[1], buf, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	CHECK(send(dg[0], "0123456789", 10, 0) == 10 &&
	      recv(dg[1], buf, 4, MSG_PEEK | MSG_TRUNC) == 10);
	CHECK(recv(dg[1], buf, 4, 0) == 4 && recv(dg[1], buf, 4, MSG_DONTWAIT) == -1);
	CHECK(pipe(turn) == 0);
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 5; i++)
			CHECK(send(sv[0], "abcd", 4, MSG_MORE) == 4 && write(turn[1], "", 1) == 1);
		_exit(0);
	}
	memset(buf, 0, sizeof(buf));
	CHECK(recv(sv[1], buf, 20, MSG_WAITALL) == 20 && !strcmp(buf, "abcdabcdabcdabcdabcd"));
	CHECK(waitpid(child, NULL, 0) == child && close(sv[0]) == 0);
	CHECK(recv(sv[1], buf, 20, MSG_WAITALL) == 0);
	CHECK(send(dg[0], buf, 1, 0x40000000 | MSG_OOB) == -1);
	puts(buf);
	puts("ok");
	return 0;
}
