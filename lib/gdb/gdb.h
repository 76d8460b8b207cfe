/* Serves a replay to debuggers that speak gdb's remote serial protocol (gdb's manual, "Remote
 * Protocol"). */
#ifndef RR_GDB_H
#define RR_GDB_H

#include <stdbool.h>
#include <sys/types.h>

struct gdb_options {
	const char *trace; /* NULL: the latest */
	const char *start; /* a position (replay/debug.h); NULL: the program's first instruction */
	/* start where this process has executed its program, and show no other; 0: all */
	pid_t pid;
	bool forked; /* pid: where it was made instead */
	/* Once this can be read, or its other end is closed, all is to end. */
	int control;
	/* what the program writes goes to our own stdout and stderr, else to the client */
	bool output_here;
};

struct gdb;
/* NULL after a line on stderr. */
struct gdb *gdb_open(const struct gdb_options *o);
/* Whether the programs that the trace runs are all still here as they were, so that a client may
 * read them itself: that is faster, and lets it find what belongs to them. */
bool gdb_files_here(struct gdb *g);
/* Takes one client after another from a listening socket, until gdb_options.control says so. */
void gdb_serve(struct gdb *g, int listener);
/* One client, until it goes, or the same. The caller closes fd. */
void gdb_serve_client(struct gdb *g, int fd);
/* Leaves no process behind. */
void gdb_close(struct gdb *g);

#endif
