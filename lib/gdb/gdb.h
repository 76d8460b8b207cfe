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
/* Ends the replay; leaves no process behind. */
void gdb_close(struct gdb *g);

#endif
