/* Serves a replay to debuggers that speak gdb's remote serial protocol (gdb's manual, "Remote
 * Protocol"). This is the door: programs call nothing else of this floor.
 *
 * Errors: a function that fails has printed one line on stderr. */
#ifndef RR_GDB_H
#define RR_GDB_H

#include <stdbool.h>
#include <sys/types.h>

struct gdb_options {
	const char *trace; /* NULL: the latest */
	const char *start; /* a position (replay/debug.h); NULL: the program's first instruction */
	/* Start where this process has executed its program, and show only this process; 0: all. */
	pid_t pid;
	bool forked; /* with pid: start where the process was forked instead */
	/* A descriptor. Serving ends once it is readable or its other end is closed. */
	int control;
	/* Output of the program goes to this process's stdout and stderr, else to the client. */
	bool output_here;
};

/* Serves on a socket until SIGINT, SIGTERM or SIGHUP, and prints on stdout what a user types in gdb
 * to connect. `address` is "[ADDR:]PORT", or a path if it has a '/' in it; ADDR is 127.0.0.1 if
 * none is given. Sets o->control. Returns the program's exit status: 0 or 2. */
int gdb_serve_at(struct gdb_options *o, const char *address);

/* Starts `debugger` (found in PATH) on the replay, with `args` (NULL at the end) after its own
 * arguments, and serves it until it ends. Sets o->control. Returns the debugger's exit status, or 2
 * for an error; dies of the signal that the debugger died of. */
int gdb_launch(struct gdb_options *o, const char *debugger, char *const *args);
/* Whether such arguments choose gdb's machine interface, which has a form of its own for output of
 * the program: then gdb_options.output_here must be false. */
bool gdb_args_choose_mi(char *const *args);

struct gdb;
/* NULL: failed. */
struct gdb *gdb_open(const struct gdb_options *o);
/* Whether the files of all programs that the trace runs are unchanged on this machine. A client may
 * then read them itself, which is faster and lets it find files beside them. */
bool gdb_files_here(struct gdb *g);
/* Serves the clients of a listening socket, one after another, until gdb_options.control says
 * stop. The caller closes the socket. */
void gdb_serve(struct gdb *g, int listener);
/* Serves one client, until it leaves or gdb_options.control says stop. The caller closes fd. */
void gdb_serve_client(struct gdb *g, int fd);
/* Ends the replay, and all its processes. */
void gdb_close(struct gdb *g);

#endif
