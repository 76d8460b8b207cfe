/* rr-record: runs a command and records its nondeterministic inputs. */
#include "instrument/prepare.h"
#include "record/record.h"
#include "tracee/hold.h"
#include "util/alloc.h"
#include "util/size.h"

#include <bsd/stdlib.h>
#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

static const char usage[] =
	"usage: rr-record [-fqv] [-o DIR] [-c MS] [--counter KIND] [--chaos [--seed N]] [--cpu N]\n"
	"                 [--cpu-features LIST] [--env NAME=VALUE] [--chdir DIR]\n"
	"                 [--print-trace-dir FD] [--checksum[=N]] [--debug-on-failure]\n"
	"                 [--end-with-program] [--] COMMAND [ARG ...]\n"
	"       rr-record --prepare [-v] FILE|DIR ...\n"
	"Runs COMMAND and records it.\n"
	"  -o DIR                write the trace to DIR (default: a new one under $RR_TRACE_DIR or ~/.rr)\n"
	"  -f                    replace an existing trace\n"
	"  -c MS                 the time slice: preempt a task after MS milliseconds (50)\n"
	"  --counter KIND        what counts ticks: auto, soft, hpc, step or none (auto)\n"
	"  --chaos               try unlikely schedules, to find bugs\n"
	"  --seed N              with --chaos: the seed (default: a random one; -v prints it)\n"
	"  -q                    print no warnings\n"
	"  -v                    print the trace's directory, and figures of the recording\n"
	"  --cpu N               run everything on this CPU\n"
	"  --cpu-features LIST   report fewer features to the program: x86-64-v2, x86-64-v3,\n"
	"                        x86-64-v4, or names of features to hide, each after a minus\n"
	"  --env NAME=VALUE      add to the program's environment\n"
	"  --chdir DIR           start the program in DIR\n"
	"  --print-trace-dir FD  write the name of the trace directory to this descriptor\n"
	"  --checksum[=N]        save a checksum of memory every N events (1000), for rr-verify\n"
	"  --end-with-program    when COMMAND has ended, kill what it left running, such as daemons\n"
	"  --debug-on-failure    if rr-record itself fails, wait for a debugger; the default at a terminal\n"
	"  --prepare             record nothing: rewrite these programs and libraries now, for later\n"
	"                        recordings; -v prints a line for each\n"
	"  -h, --help            print this text\n"
	"  --version             print the version\n";

enum {
	OPT_CPU = 256,
	OPT_ENV,
	OPT_CHDIR,
	OPT_PRINT,
	OPT_CHECKSUM,
	OPT_CHAOS,
	OPT_SEED,
	OPT_COUNTER,
	OPT_FEATURES,
	OPT_DEBUG,
	OPT_END,
	OPT_PREPARE,
	OPT_VERSION
};

static const struct option options[] = {
	{"cpu", required_argument, NULL, OPT_CPU},
	{"cpu-features", required_argument, NULL, OPT_FEATURES},
	{"env", required_argument, NULL, OPT_ENV},
	{"chdir", required_argument, NULL, OPT_CHDIR},
	{"print-trace-dir", required_argument, NULL, OPT_PRINT},
	{"checksum", optional_argument, NULL, OPT_CHECKSUM},
	{"chaos", no_argument, NULL, OPT_CHAOS},
	{"counter", required_argument, NULL, OPT_COUNTER},
	{"debug-on-failure", no_argument, NULL, OPT_DEBUG},
	{"end-with-program", no_argument, NULL, OPT_END},
	{"prepare", no_argument, NULL, OPT_PREPARE},
	{"seed", required_argument, NULL, OPT_SEED},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static long number(const char *what, const char *s, long max)
{
	const char *error;
	long long n = strtonum(s, 0, max, &error);

	if (error)
		errx(125, "%s: %s: number is %s", what, s, error);
	return (long)n;
}

static enum record_counter counter(const char *s)
{
	static const char *const names[] = {"auto", "soft", "hpc", "step", "none"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(s, names[i]))
			return (enum record_counter)i;
	errx(125, "--counter: %s: not one of auto, soft, hpc, step, none", s);
}

/* Reads milliseconds, fractions allowed; returns ns. */
static uint64_t slice(const char *s)
{
	char *end;
	double ms = strtod(s, &end);

	if (end == s || *end || !(ms >= 0.001 && ms <= 1e6))
		errx(125, "-c: %s: not a number of milliseconds from 0.001 to 1000000", s);
	return (uint64_t)(ms * 1e6);
}

/* Ends by the signal that ended the program, so that the parent sees the same status. */
static int die_of(int sig, int status)
{
	const struct rlimit none = {0, 0};
	sigset_t set;

	setrlimit(RLIMIT_CORE, &none); /* the program has dumped its own core */
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	return status;
}

int main(int argc, char **argv)
{
	struct record_options o = {.cpu = -1, .print_dir_fd = -1, .keep = hold_has_user()};
	size_t nenv = 0;
	bool seeded = false, prepare = false;
	int c, sig;

	alloc_exit_status = 125;
	o.env = xcalloc((size_t)argc + 1, sizeof(*o.env));
	while ((c = getopt_long(argc, argv, "+o:c:fqvh", options, NULL)) != -1) {
		switch (c) {
		case 'o': o.dir = optarg; break;
		case 'f': o.replace = true; break;
		case 'q': o.quiet = true; break;
		case 'v': o.verbose = true; break;
		case OPT_CPU: o.cpu = (int)number("--cpu", optarg, 4095); break;
		case OPT_FEATURES:
			if (!arch_features_take(&o.features, optarg))
				errx(125,
				     "--cpu-features: %s: not a list of x86-64-vN and -FEATURE (names as in /proc/cpuinfo)",
				     optarg);
			break;
		case OPT_ENV:
			if (!strchr(optarg, '=') || optarg[0] == '=')
				errx(125, "--env: %s: not NAME=VALUE", optarg);
			o.env[nenv++] = optarg;
			break;
		case OPT_CHDIR: o.chdir = optarg; break;
		case OPT_PRINT:
			o.print_dir_fd = (int)number("--print-trace-dir", optarg, 1 << 20);
			break;
		case OPT_CHECKSUM:
			o.checksum_every =
				optarg ? (uint64_t)number("--checksum", optarg, 1 << 30) : 1000;
			break;
		case 'c': o.slice_ns = slice(optarg); break;
		case OPT_COUNTER: o.counter = counter(optarg); break;
		case OPT_CHAOS: o.chaos = true; break;
		case OPT_DEBUG: o.keep = true; break;
		case OPT_END: o.end_with_program = true; break;
		case OPT_PREPARE: prepare = true; break;
		case OPT_SEED:
			o.seed = (uint64_t)number("--seed", optarg, LONG_MAX);
			seeded = true;
			break;
		case 'h': fputs(usage, stdout); return 0;
		case OPT_VERSION: puts("rr-record (rr-tools) " RR_VERSION); return 0;
		default: fputs("rr-record: usage: see rr-record -h\n", stderr); return 125;
		}
	}
	if (optind == argc) {
		fprintf(stderr, "rr-record: usage: a %s is missing; see rr-record -h\n",
			prepare ? "file to prepare" : "command to record");
		return 125;
	}
	if (prepare)
		return code_prepare(argv + optind, o.verbose) ? 0 : 125;
	o.argv = argv + optind;
	if (o.chaos && !seeded && getrandom(&o.seed, sizeof(o.seed), 0) == sizeof(o.seed))
		o.seed >>= 1;
	int status = record_run(&o, &sig);
	free(o.env);
	return sig ? die_of(sig, status) : status;
}
