/* Unix datagrams by name, with the sender's name, also to a missing receiver; and sequenced
 * packets. */
#include "check.h"
#include "tempdir.h"

#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "a"},
			   b = {.sun_family = AF_UNIX, .sun_path = "b"}, from;
	socklen_t len = sizeof(from);
	int x = socket(AF_UNIX, SOCK_DGRAM, 0), y = socket(AF_UNIX, SOCK_DGRAM, 0), seq[2];
	char buf[32] = "";

	tempdir_enter();
	CHECK(bind(x, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	      bind(y, (struct sockaddr *)&b, sizeof(b)) == 0);
	CHECK(sendto(x, "one", 3, 0, (struct sockaddr *)&b, sizeof(b)) == 3);
	CHECK(sendto(x, "three", 5, 0, (struct sockaddr *)&b, sizeof(b)) == 5);
	CHECK(recvfrom(y, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len) == 3 &&
	      !strcmp(from.sun_path, "a"));
	CHECK(recv(y, buf, sizeof(buf), 0) == 5 && !strcmp(buf, "three"));
	CHECK(unlink("b") == 0 && sendto(x, "x", 1, 0, (struct sockaddr *)&b, sizeof(b)) == -1 &&
	      errno == ENOENT);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, seq) == 0 &&
	      send(seq[0], "packet", 6, MSG_EOR) == 6);
	CHECK(send(seq[0], "", 0, 0) == 0 && recv(seq[1], buf, 3, 0) == 3 &&
	      recv(seq[1], buf, 32, 0) == 0);
	printf("%s %u\n", from.sun_path, len);
	puts("ok");
	return 0;
}
