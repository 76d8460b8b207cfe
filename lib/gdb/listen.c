#include "gdb/listen.h"

#include "util/alloc.h"

#include <err.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Binds the socket and listens. Returns fd; -1 after a line, and closes it. */
static int listen_on(int fd, const struct sockaddr *a, socklen_t n, const char *name)
{
	if (fd >= 0 && !bind(fd, a, n) && !listen(fd, 1))
		return fd;
	warn("%s", name);
	if (fd >= 0)
		close(fd);
	return -1;
}

int gdb_listen_unix(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(name.sun_path)) {
		warnx("%s: too long for a socket's name", path);
		return -1;
	}
	strcpy(name.sun_path, path);
	mode_t mask = umask(0077);
	int fd = listen_on(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&name,
			   sizeof(name), path);
	umask(mask);
	return fd;
}

static bool is_loopback(const struct sockaddr *a)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;

	if (a->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* NULL after a line. */
static struct addrinfo *resolve(const char *address)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char *host = xstrdup(address), *port = strrchr(host, ':');
	const char *name = port ? host : "127.0.0.1";

	if (port)
		*port++ = '\0';
	if (port && *host == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		name = host + 1;
	}
	int failed = getaddrinfo(*name ? name : "127.0.0.1", port ? port : host, &hints, &found);
	free(host);
	if (!failed)
		return found;
	warnx("-s: %s: %s", address, gai_strerror(failed));
	return NULL;
}

int gdb_listen_tcp(const char *address)
{
	struct addrinfo *a = resolve(address);
	int yes = 1;

	if (!a)
		return -1;
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!is_loopback(a->ai_addr))
		warnx("%s: there is no password: anyone who reaches this port can read the whole trace",
		      address);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	char *name = xasprintf("-s: %s", address);
	fd = listen_on(fd, a->ai_addr, a->ai_addrlen, name);
	free(name);
	freeaddrinfo(a);
	return fd;
}
