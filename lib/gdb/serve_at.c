/* rr-gdb -s: a server without a debugger of its own. */
#include "gdb/gdb.h"
#include "gdb/listen.h"

#include <err.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a signal handler and an exit handler need. */
static struct {
	int control;      /* what is written here ends the server */
	const char *path; /* of the socket, which `owner` removes */
	pid_t owner;
} serving;

static void end_server(int sig)
{
	(void)sig;
	(void)!write(serving.control, "", 1);
}

/* The process may exit anywhere, as memory may run out anywhere. Forks must not remove the socket.
 */
static void remove_socket(void)
{
	if (getpid() == serving.owner)
		unlink(serving.path);
}

static int listen_at(const char *address)
{
	if (!strchr(address, '/'))
		return gdb_listen_tcp(address);
	int fd = gdb_listen_unix(address);
	if (fd >= 0) {
		serving.path = address;
		serving.owner = getpid();
		atexit(remove_socket);
	}
	return fd;
}

/* The command that connects gdb. */
static void print_command(int fd, const char *address)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);
	char host[64], port[16];

	if (strchr(address, '/'))
		printf("target extended-remote %s\n", address);
	else if (!getsockname(fd, (struct sockaddr *)&a, &n) &&
		 !getnameinfo((struct sockaddr *)&a, n, host, sizeof(host), port, sizeof(port),
			      NI_NUMERICHOST | NI_NUMERICSERV))
		printf(a.ss_family == AF_INET6 ? "target extended-remote [%s]:%s\n"
					       : "target extended-remote %s:%s\n",
		       host, port);
	fflush(stdout);
}

static void signals_set(void)
{
	const struct sigaction end = {.sa_handler = end_server, .sa_flags = SA_RESTART};

	signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error like others */
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
}

int gdb_serve_at(struct gdb_options *o, const char *address)
{
	int control[2], listener = listen_at(address);

	if (listener < 0)
		return 2;
	if (pipe2(control, O_CLOEXEC)) {
		warn("pipe");
		return 2;
	}
	serving.control = control[1];
	signals_set();
	o->control = control[0];
	struct gdb *g = gdb_open(o);
	if (!g)
		return 2;
	print_command(listener, address);
	gdb_serve(g, listener);
	gdb_close(g);
	return 0;
}
