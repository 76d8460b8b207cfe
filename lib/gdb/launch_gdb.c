/* A gdb, and a server for it alone. This process waits for both; the server is a child, gdb
 * another.
 */
#include "gdb/gdb.h"
#include "gdb/listen.h"
#include "gen/gdb_commands.h"
#include "tracee/waitstatus.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/size.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define STATUS_FAILED (2 << 8) /* the wait status of exit(2) */

/* --- where they meet --- */

/* Files in a directory that only this user can enter. */
struct rendezvous {
	char *dir, *socket, *commands;
};

/* A socket's name has at most 108 bytes (unix(7)). */
#define DIR_NAME_MAX 80

static bool rendezvous_in(struct rendezvous *r, const char *parent)
{
	if (!parent || !*parent || strlen(parent) > DIR_NAME_MAX)
		return false;
	r->dir = xasprintf("%s/rr-gdb-XXXXXX", parent);
	if (mkdtemp(r->dir)) {
		r->socket = xasprintf("%s/socket", r->dir);
		r->commands = xasprintf("%s/commands", r->dir);
		return true;
	}
	free(r->dir);
	return false;
}

/* False after a line on stderr. */
static bool rendezvous_make(struct rendezvous *r)
{
	if (rendezvous_in(r, getenv("XDG_RUNTIME_DIR")) || rendezvous_in(r, getenv("TMPDIR")) ||
	    rendezvous_in(r, "/tmp"))
		return true;
	warn("no directory for a socket in XDG_RUNTIME_DIR, TMPDIR or /tmp");
	return false;
}

static void rendezvous_remove(const struct rendezvous *r)
{
	unlink(r->socket);
	unlink(r->commands);
	rmdir(r->dir);
}

/* --- the server's process --- */

/* False after a line on stderr. */
static bool commands_write(const struct rendezvous *r)
{
	int fd = open(r->commands, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool written = fd >= 0 && !write_all(fd, gdb_commands, sizeof(gdb_commands) - 1);

	if (!written)
		warn("%s", r->commands);
	if (fd >= 0)
		close(fd);
	return written;
}

/* Writes to `ready` whether gdb may read files itself. Returns an exit status. */
static int serve(const struct gdb_options *o, const struct rendezvous *r, int ready)
{
	struct gdb *g = gdb_open(o);
	int listener, status = 2;

	if (!g)
		return 2;
	listener = gdb_listen_unix(r->socket);
	if (listener >= 0 && commands_write(r)) {
		char answer = gdb_files_here(g) ? 'y' : 'n';
		if (write(ready, &answer, 1) == 1)
			gdb_serve(g, listener);
		status = 0;
	}
	gdb_close(g);
	return status;
}

/* The server is not in the terminal's foreground process group, so that ^C reaches gdb alone, and
 * may write to the terminal all the same. */
static _Noreturn void server(const struct gdb_options *o, const struct rendezvous *r, int ready)
{
	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error like others */
	int status = serve(o, r, ready);
	rendezvous_remove(r);
	_exit(status);
}

/* --- gdb's process --- */

/* First the settings that the user's own files may change, then those that they may not, then the
 * user's arguments. */
static char **gdb_arguments(const char *debugger, char *const *user, const struct rendezvous *r,
			    bool files_here)
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
		xasprintf("with confirm off -- source %s", r->commands),
		"-ex",
		xasprintf("target extended-remote %s", r->socket),
	};
	size_t n = 0, nuser = 0;

	while (user[nuser])
		nuser++;
	char **args = xcalloc(1 + ARRAY_LEN(fixed) + nuser + 1, sizeof(*args));
	args[n++] = xstrdup(debugger);
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		args[n++] = fixed[i];
	memcpy(args + n, user, nuser * sizeof(*args));
	return args;
}

static pid_t debugger_pid; /* for the signal handler */

static void pass_on(int sig)
{
	if (debugger_pid > 0)
		kill(debugger_pid, sig);
}

/* Its pid, or -1 after a line on stderr. */
static pid_t debugger_start(const char *debugger, char **args)
{
	posix_spawnattr_t attr;
	sigset_t defaults;
	pid_t pid;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	int failed = posix_spawnp(&pid, debugger, NULL, &attr, args, environ);
	posix_spawnattr_destroy(&attr);
	if (!failed)
		return pid;
	errno = failed;
	warn("%s", debugger);
	return -1;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Its wait status. */
static int debugger_run(const char *debugger, char **args)
{
	const struct sigaction pass = {.sa_handler = pass_on, .sa_flags = SA_RESTART};

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	debugger_pid = debugger_start(debugger, args);
	if (debugger_pid < 0)
		return STATUS_FAILED;
	sigaction(SIGTERM, &pass, NULL);
	sigaction(SIGHUP, &pass, NULL);
	return wait_for(debugger_pid);
}

/* --- both --- */

/* A wait status as an exit status; dies of the signal that the other process died of. */
static int end_as(int status)
{
	const struct wait_status w = wait_decode(status);

	if (w.kind == WAIT_EXITED)
		return w.code;
	signal(w.signal, SIG_DFL);
	raise(w.signal);
	return 2;
}

int gdb_launch(struct gdb_options *o, const char *debugger, char *const *args)
{
	int control[2], ready[2], status = STATUS_FAILED;
	struct rendezvous r;
	char answer;

	if (!rendezvous_make(&r))
		return 2;
	pid_t pid = pipe2(control, O_CLOEXEC) || pipe2(ready, O_CLOEXEC) ? -1 : fork();
	if (pid < 0) {
		warn("no process for the server");
		rendezvous_remove(&r);
		return 2;
	}
	if (pid == 0) {
		close(control[1]);
		close(ready[0]);
		o->control = control[0];
		server(o, &r, ready[1]);
	}
	close(control[0]);
	close(ready[1]);
	if (read(ready[0], &answer, 1) == 1) {
		char **all = gdb_arguments(debugger, args, &r, answer == 'y');
		status = debugger_run(debugger, all);
		free(all);
	}
	close(control[1]); /* which ends the server */
	wait_for(pid);
	rendezvous_remove(&r);
	return end_as(status);
}

bool gdb_args_choose_mi(char *const *args)
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
