/* The supervisor's side of SECCOMP_RET_USER_NOTIF. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "filter.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static inline struct seccomp_notif notify_receive(int listener)
{
	struct seccomp_notif n = {0};

	CHECK(!ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n));
	CHECK(n.data.arch == 0xc000003e && n.data.instruction_pointer < 0x800000000000);
	CHECK(n.data.instruction_pointer >> 20 != 0x7e90000);
	return n;
}

static inline int notify_reply(int listener, uint64_t id, int error, int64_t val, uint32_t flags)
{
	struct seccomp_notif_resp reply = {.id = id, .error = error, .val = val, .flags = flags};

	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

static inline void notify_send_fd(int to, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = room,
			   .msg_controllen = sizeof(room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	CHECK(sendmsg(to, &m, 0) == 1);
}

static inline int notify_receive_fd(int from)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = room,
			   .msg_controllen = sizeof(room)};
	int fd;

	CHECK(recvmsg(from, &m, 0) == 1 && CMSG_FIRSTHDR(&m));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

#endif
