/* Sockets on 127.0.0.1 at ports of the kernel's choice. */
#ifndef LOOPBACK_H
#define LOOPBACK_H
#include "check.h"

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static inline int loopback_socket(int type, struct sockaddr_in *name)
{
	socklen_t len = sizeof(*name);
	int s = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	memset(name, 0, sizeof(*name));
	name->sin_family = AF_INET;
	name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(s >= 0 && bind(s, (struct sockaddr *)name, sizeof(*name)) == 0);
	CHECK(getsockname(s, (struct sockaddr *)name, &len) == 0);
	return s;
}

static inline int loopback_udp(struct sockaddr_in *name)
{
	return loopback_socket(SOCK_DGRAM, name);
}

static inline int loopback_listen(struct sockaddr_in *name)
{
	int s = loopback_socket(SOCK_STREAM, name);

	CHECK(listen(s, 16) == 0);
	return s;
}
#endif
