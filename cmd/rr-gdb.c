/* rr-gdb: debugs a recorded run, forwards and backwards. */
#include "gdb/gdb.h"
#include "util/file_io.h"
#include "util/size.h"

#include <bsd/stdlib.h>
#include <err.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char usage_text[] =
	"usage: rr-gdb [-e POSITION] [-p PID | -f PID] [-d GDB | -s ADDRESS] [TRACE] [-- GDB-ARGUMENT...]\n"
	"Starts gdb on a recorded run.\n"
	"  -e POSITION       start there: EVENT, EVENT:TICKS or EVENT:TICKS+INSNS\n"
	"  -p PID            start where this process has executed its program\n"
	"  -f PID            start where this process was forked\n"
	"  -d, --gdb GDB     start this gdb\n"
	"  -s [ADDR:]PORT    start no gdb, but wait for clients at this port (ADDR: 127.0.0.1)\n"
	"  -s PATH           the same, at a Unix socket; PATH contains a /\n"
	"  -h, --help        print this text\n"
	"  --version         print the version\n";

struct options {
	struct gdb_options server;
	const char *debugger, *serve; /* serve: the address; NULL: start the debugger */
	char **rest;                  /* arguments of the debugger, NULL-terminated */
};

static _Noreturn void usage(void)
{
	fputs("rr-gdb: usage: see rr-gdb -h\n", stderr);
	exit(2);
}

static pid_t read_pid(int opt, const char *arg)
{
	const char *error;
	long long pid = strtonum(arg, 1, INT32_MAX, &error);

	if (error)
		errx(2, "-%c: %s: not a process: %s", opt, arg, error);
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
		case 'd': o->debugger = optarg; break;
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
		errx(2, "usage: at most one trace; arguments for gdb follow --; see rr-gdb -h");
	o->server.trace = argv[optind];
}

int main(int argc, char **argv)
{
	struct options o = {.debugger = "gdb"};
	int n = 1;

	stdio_reserve();
	while (n < argc && strcmp(argv[n], "--"))
		n++;
	o.rest = n < argc ? argv + n + 1 : argv + argc;
	argv[n] = NULL;
	read_options(&o, n, argv);
	o.server.output_here = !o.serve && !gdb_args_choose_mi(o.rest);
	return o.serve ? gdb_serve_at(&o.server, o.serve)
		       : gdb_launch(&o.server, o.debugger, o.rest);
}
