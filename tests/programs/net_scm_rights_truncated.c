/* Three descriptors arrive where there is room for one. The others are closed, and a flag reports
 * that. */
#include "check.h"

#include <sys/socket.h>

int main(void)
{
	int sv[2], p[2], got = -1;
	char byte = 'x';
	_Alignas(struct cmsghdr) char out[CMSG_SPACE(3 * sizeof(int))] = "",
							 in[CMSG_SPACE(sizeof(int))] = "";
	struct iovec v = {&byte, 1};
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = out, .msg_controllen = sizeof(out)};

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv) == 0 && pipe(p) == 0);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS,
			      .cmsg_len = CMSG_LEN(3 * sizeof(int))};
	memcpy(CMSG_DATA(c), (int[]){p[0], p[1], sv[0]}, 3 * sizeof(int));
	CHECK(sendmsg(sv[0], &m, 0) == 1);
	m.msg_control = in;
	m.msg_controllen = CMSG_LEN(sizeof(int));
	CHECK(recvmsg(sv[1], &m, 0) == 1 && (m.msg_flags & MSG_CTRUNC));
	c = CMSG_FIRSTHDR(&m);
	CHECK(c && c->cmsg_len == CMSG_LEN(sizeof(int)));
	memcpy(&got, CMSG_DATA(c), sizeof(got));
	close(p[0]);
	CHECK(write(p[1], "y", 1) == 1 && read(got, &byte, 1) == 1 && byte == 'y');
	memcpy(CMSG_DATA(c), (int[]){999}, sizeof(int));
	CHECK(sendmsg(sv[0], &m, 0) == -1 && errno == EBADF);
	printf("descriptor %d\n", got);
	puts("ok");
	return 0;
}
