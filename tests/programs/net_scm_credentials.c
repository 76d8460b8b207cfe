/* A message carries its sender's pid, uid and gid. */
#include "check.h"

#include <sys/socket.h>
#include <sys/wait.h>

int main(void)
{
	int sv[2], on = 1;
	char byte;
	struct ucred cred;
	socklen_t len = sizeof(cred);
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(cred))];
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	CHECK(setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0);
	pid_t child = fork();
	if (child == 0)
		_exit(write(sv[1], "c", 1) != 1);
	CHECK(recvmsg(sv[0], &m, 0) == 1 && byte == 'c');
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	CHECK(c && c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof(cred)));
	memcpy(&cred, CMSG_DATA(c), sizeof(cred));
	CHECK(cred.pid == child && cred.uid == getuid() && cred.gid == getgid());
	printf("message from %d uid %d\n", cred.pid, cred.uid);
	CHECK(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 && cred.pid == getpid());
	CHECK(waitpid(child, NULL, 0) == child);
	puts("ok");
	return 0;
}
