/* rr-gdb: a recorded run in gdb, forwards and backwards. */
#include "gdb/gdb.h"
#include "gen/gdb_commands.h"
#include "tracee/waitstatus.h"
#include "util/util.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage_text[] =
	"usage: rr-gdb [-e POSITION] [-p PID | -f PID] [-d GDB | -s ADDRESS] [TRACE] [-- GDB-ARGUMENT...]\n"
	"Starts gdb on a recorded run.\n"
	"  -e POSITION       start there: EVENT, EVENT:TICKS or EVENT:TICKS+INSNS\n"
	"  -p PID            start where this process has executed its program\n"
	"  -f PID            start where this process was made\n"
	"  -d, --gdb GDB     this gdb\n"
	"  -s [ADDR:]PORT    start none, wait for clients there; ADDR is 127.0.0.1 if not given\n"
	"  -s PATH           the same on a socket of that name, which has a / in it\n"
	"  -h, --help        this text\n"
	"  --version         the version\n";

struct options {
	struct gdb_options server;
	const char *gdb, *serve;
	char **rest; /* for gdb; NULL at the end */
};

extern char **environ;

/* --- sockets
 * --------------------------------------------------------------------------------------------------
 */

static int listen_unix(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(name.sun_path))
		errx(2, "%s: too long for a socket's name", path);
	strcpy(name.sun_path, path);
	mode_t mask = umask(0077);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) || listen(fd, 1))
		err(2, "%s", path);
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

/* "[ADDR:]PORT", where an IPv6 ADDR stands in brackets. */
static struct addrinfo *resolve(const char *address)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
	char *host = xstrdup(address), *port = strrchr(host, ':');
	const char *name = port ? host : "127.0.0.1";

	if (port)
		*port++ = '\0';
	if (port && *host == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		name = host + 1;
	}
	int failed = getaddrinfo(*name ? name : "127.0.0.1", port ? port : host, &hints, &found);
	if (failed)
		errx(2, "-s: %s: %s", address, gai_strerror(failed));
	free(host);
	return found;
}

static int listen_tcp(const char *address)
{
	struct addrinfo *a = resolve(address);
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (!is_loopback(a->ai_addr))
		warnx("%s: who reaches this port can read all of the trace: there is no password",
		      address);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) || listen(fd, 1))
		err(2, "-s: %s", address);
	freeaddrinfo(a);
	return fd;
}

/* What a user has to type in gdb. */
static void print_address(int fd)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);
	char host[64], port[16];

	if (getsockname(fd, (struct sockaddr *)&a, &n) ||
	    getnameinfo((struct sockaddr *)&a, n, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return;
	printf(a.ss_family == AF_INET6 ? "target extended-remote [%s]:%s\n"
				       : "target extended-remote %s:%s\n",
	       host, port);
	fflush(stdout);
}

/* --- -s: only a server
 * ---------------------------------------------------------------------------------------- */

static int end_of_server;

static void end_server(int sig)
{
	(void)sig;
	(void)!write(end_of_server, "", 1);
}

static const char *socket_path;
static pid_t socket_owner;

/* However it ends: memory may be lacking anywhere. */
static void remove_socket(void)
{
	if (getpid() == socket_owner)
		unlink(socket_path);
}

static int serve(struct options *o)
{
	const struct sigaction end = {.sa_handler = end_server, .sa_flags = SA_RESTART};
	bool is_path = strchr(o->serve, '/') != NULL;
	int listener = is_path ? listen_unix(o->serve) : listen_tcp(o->serve), control[2];

	if (is_path) {
		socket_path = o->serve;
		socket_owner = getpid();
		atexit(remove_socket);
	}
	if (pipe2(control, O_CLOEXEC))
		err(2, "pipe");
	end_of_server = control[1];
	signal(SIGXFSZ, SIG_IGN);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	o->server.control = control[0];
	struct gdb *g = gdb_open(&o->server);
	if (g && is_path)
		printf("target extended-remote %s\n", o->serve);
	else if (g)
		print_address(listener);
	fflush(stdout);
	if (g) {
		gdb_serve(g, listener);
		gdb_close(g);
	}
	return g ? 0 : 2;
}

/* --- a server and a gdb
 * --------------------------------------------------------------------------------------- */

/* Names in a directory that only this user can enter. */
struct place {
	char *dir, *socket, *commands;
};

/* A socket's name has 108 bytes at most (unix(7)). */
#define PLACE_MAX 80

static bool place_make(struct place *p, const char *below)
{
	if (!below || !*below || strlen(below) > PLACE_MAX)
		return false;
	p->dir = xasprintf("%s/rr-gdb-XXXXXX", below);
	if (mkdtemp(p->dir)) {
		p->socket = xasprintf("%s/socket", p->dir);
		p->commands = xasprintf("%s/commands", p->dir);
		return true;
	}
	free(p->dir);
	return false;
}

static void place_remove(const struct place *p)
{
	unlink(p->socket);
	unlink(p->commands);
	rmdir(p->dir);
}

static void commands_write(const struct place *p)
{
	int fd = open(p->commands, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || write_all(fd, gdb_commands, sizeof(gdb_commands) - 1))
		err(2, "%s", p->commands);
	close(fd);
}

/* The server's process: not of the terminal's foreground group, so that ^C is gdb's, and allowed to
 * write there all the same. Says through `ready` whether gdb may read files itself; closes it
 * saying nothing if there is no trace. */
static _Noreturn void server(struct options *o, const struct place *p, int ready)
{
	char answer;

	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* a memory file that would be too large is an error as others are */
	signal(SIGXFSZ, SIG_IGN);
	struct gdb *g = gdb_open(&o->server);
	if (!g) {
		place_remove(p);
		_exit(2);
	}
	int listener = listen_unix(p->socket);
	commands_write(p);
	answer = gdb_files_here(g) ? 'y' : 'n';
	if (write(ready, &answer, 1) == 1)
		gdb_serve(g, listener);
	gdb_close(g);
	place_remove(p);
	_exit(0);
}

/* Settings before the user's own files, which may change them; then those that must be; then the
 * user's arguments. */
static char **gdb_arguments(const struct options *o, const struct place *p, bool files_here)
{
	char *fixed[] = {
		"-q",
		"-eiex",
		"set debuginfod enabled off",
		"-iex",
		"set remotetimeout 100000",
		"-iex",
		files_here ? "set sysroot /" : "set sysroot target:",
		"-iex",
		"set breakpoint always-inserted on",
		"-iex",
		"set auto-connect-native-target off",
		"-iex",
		xasprintf("with confirm off -- source %s", p->commands),
		"-ex",
		xasprintf("target extended-remote %s", p->socket),
	};
	size_t n = 1, rest = 0;

	while (o->rest[rest])
		rest++;
	char **args = xcalloc(1 + ARRAY_LEN(fixed) + rest + 1, sizeof(*args));
	args[0] = xstrdup(o->gdb);
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		args[n++] = fixed[i];
	memcpy(args + n, o->rest, rest * sizeof(*args));
	return args;
}

static pid_t gdb_pid;

static void pass_on(int sig)
{
	if (gdb_pid > 0)
		kill(gdb_pid, sig);
}

/* Its pid, or -1 after a line. */
static pid_t gdb_start(const struct options *o, const struct place *p, bool files_here)
{
	char **args = gdb_arguments(o, p, files_here);
	posix_spawnattr_t attr;
	sigset_t defaults;
	pid_t pid;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	int failed = posix_spawnp(&pid, o->gdb, NULL, &attr, args, environ);
	posix_spawnattr_destroy(&attr);
	free(args);
	if (!failed)
		return pid;
	errno = failed;
	warn("%s", o->gdb);
	return -1;
}

/* Status of a process that has ended, as an exit status of our own; dies of what it died of. */
static int end_as(int status)
{
	const struct wait_status w = wait_decode(status);

	if (w.kind == WAIT_EXITED)
		return w.code;
	signal(w.signal, SIG_DFL);
	raise(w.signal);
	return 2;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static int run_gdb(const struct options *o, const struct place *p, bool files_here)
{
	const struct sigaction pass = {.sa_handler = pass_on, .sa_flags = SA_RESTART};

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	gdb_pid = gdb_start(o, p, files_here);
	if (gdb_pid < 0)
		return 2 << 8;
	sigaction(SIGTERM, &pass, NULL);
	sigaction(SIGHUP, &pass, NULL);
	return wait_for(gdb_pid);
}

static int debug(struct options *o)
{
	int control[2], ready[2], status = 2 << 8;
	struct place p;
	char answer;

	if (!place_make(&p, getenv("XDG_RUNTIME_DIR")) && !place_make(&p, getenv("TMPDIR")) &&
	    !place_make(&p, "/tmp"))
		err(2, "no directory for a socket in XDG_RUNTIME_DIR, TMPDIR or /tmp");
	if (pipe2(control, O_CLOEXEC) || pipe2(ready, O_CLOEXEC))
		err(2, "pipe");
	pid_t pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		close(control[1]);
		close(ready[0]);
		o->server.control = control[0];
		server(o, &p, ready[1]);
	}
	close(control[0]);
	close(ready[1]);
	if (read(ready[0], &answer, 1) == 1)
		status = run_gdb(o, &p, answer == 'y');
	close(control[1]); /* and so ends the server */
	wait_for(pid);
	place_remove(&p);
	return end_as(status);
}

/* --- options
 * --------------------------------------------------------------------------------------------------
 */

static _Noreturn void usage(void)
{
	fputs("rr-gdb: usage: see rr-gdb -h\n", stderr);
	exit(2);
}

static pid_t read_pid(int opt, const char *arg)
{
	char *end;
	long pid = strtol(arg, &end, 10);

	if (*arg < '1' || *arg > '9' || *end || pid > INT32_MAX)
		errx(2, "-%c: %s: not a process", opt, arg);
	return (pid_t)pid;
}

static void read_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {{"gdb", required_argument, NULL, 'd'},
					      {"help", no_argument, NULL, 'h'},
					      {"version", no_argument, NULL, 'V'},
					      {NULL, 0, NULL, 0}};
	int opt;

	while ((opt = getopt_long(argc, argv, "d:e:f:hp:s:", longs, NULL)) != -1) {
		switch (opt) {
		case 'd': o->gdb = optarg; break;
		case 'e': o->server.start = optarg; break;
		case 'f':
		case 'p':
			o->server.pid = read_pid(opt, optarg);
			o->server.forked = opt == 'f';
			break;
		case 's': o->serve = optarg; break;
		case 'h': fputs(usage_text, stdout); exit(0);
		case 'V': puts("rr-gdb (rr-tools) " RR_VERSION); exit(0);
		default: usage();
		}
	}
	if (argc - optind > 1)
		errx(2,
		     "usage: one trace at most, and arguments of gdb's behind --; see rr-gdb -h");
	o->server.trace = argv[optind];
}

/* gdb's machine interface has its own form for what the program writes: it must not be put between
 * its lines. */
static bool wants_machine_interface(char **args)
{
	for (; *args; args++) {
		const char *a = *args + strspn(*args, "-"), *value = strchr(a, '=');
		if (strncmp(a, "i=", 2) && strncmp(a, "interpreter", 11) && strcmp(a, "i"))
			continue;
		value = value ? value + 1 : args[1];
		if (value && !strncmp(value, "mi", 2))
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct options o = {.gdb = "gdb"};
	int n = 1;

	stdio_reserve();
	while (n < argc && strcmp(argv[n], "--"))
		n++;
	o.rest = n < argc ? argv + n + 1 : argv + argc;
	argv[n] = NULL;
	read_options(&o, n, argv);
	o.server.output_here = !o.serve && !wants_machine_interface(o.rest);
	return o.serve ? serve(&o) : debug(&o);
}
