/* A child sends two descriptors that its parent never opened. */
#include "check.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

union control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(2 * sizeof(int))];
};

int main(void)
{
	int sv[2], fds[2], status;
	char byte, text[16] = "";
	union control control = {0};
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	pid_t child = fork();
	if (child == 0) {
		CHECK(pipe(fds) == 0);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		*c = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
				      .cmsg_type = SCM_RIGHTS,
				      .cmsg_len = CMSG_LEN(sizeof(fds))};
		memcpy(CMSG_DATA(c), fds, sizeof(fds));
		CHECK(sendmsg(sv[1], &m, 0) == 1 && close(fds[1]) == 0);
		CHECK(read(fds[0], text, sizeof(text)) == 5 && !strcmp(text, "hello"));
		_exit(0);
	}
	CHECK(recvmsg(sv[0], &m, MSG_CMSG_CLOEXEC) == 1 && !(m.msg_flags & MSG_CTRUNC));
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	CHECK(c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(fds)));
	memcpy(fds, CMSG_DATA(c), sizeof(fds));
	CHECK(fcntl(fds[0], F_GETFD) == FD_CLOEXEC && close(fds[0]) == 0);
	CHECK(write(fds[1], "hello", 5) == 5 && waitpid(child, &status, 0) == child && status == 0);
	printf("descriptors %d and %d\n", fds[0], fds[1]);
	puts("ok");
	return 0;
}
