/* rr-pack: makes traces that replay elsewhere, and unpacks archives of traces. */
#include "pack/pack.h"
#include "trace/trace.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/size.h"

#include <bsd/stdlib.h>
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: rr-pack [-n] [-o ARCHIVE | --into DIR] [--debug[=DIR]] [--events 1-N] [--recompress=N]\n"
	"               [--redact PATTERN] [--strip-env] [TRACE ...]\n"
	"       rr-pack --sources [--debug=DIR] [TRACE ...]\n"
	"       rr-pack -x [--max-files N] [--max-size BYTES] ARCHIVE [DIR]\n"
	"Puts copies of every file that a replay needs into the trace.\n"
	"  -n                   only print what would be added and what is missing\n"
	"  -o ARCHIVE           write a packed copy as an archive (- is standard output)\n"
	"  --into DIR           write a packed copy into DIR, sharing files with the traces there\n"
	"  -x                   unpack an archive (- is standard input) into a new directory\n"
	"  --debug[=DIR]        add debug information from DIR (/usr/lib/debug)\n"
	"  --sources            print the source files that debug information names\n"
	"  --events 1-N         with -o or --into: only the beginning, up to event N\n"
	"  --recompress=N       compress at level N, from 1 (fast) to 12 (small)\n"
	"  --redact PATTERN     replace what matches a regular expression, where no replay needs it\n"
	"  --strip-env          remove the environment, where no replay needs it\n"
	"  --max-files N        -x: accept at most N files (10000)\n"
	"  --max-size BYTES     -x: accept at most this size, with K, M, G or T (16G)\n"
	"  -h, --help           print this text\n"
	"  --version            print the version\n";

enum {
	OPT_INTO = 256,
	OPT_DEBUG,
	OPT_SOURCES,
	OPT_EVENTS,
	OPT_RECOMPRESS,
	OPT_REDACT,
	OPT_STRIP,
	OPT_FILES,
	OPT_SIZE,
	OPT_VERSION
};

static const struct option options[] = {
	{"into", required_argument, NULL, OPT_INTO},
	{"debug", optional_argument, NULL, OPT_DEBUG},
	{"sources", no_argument, NULL, OPT_SOURCES},
	{"events", required_argument, NULL, OPT_EVENTS},
	{"recompress", required_argument, NULL, OPT_RECOMPRESS},
	{"redact", required_argument, NULL, OPT_REDACT},
	{"strip-env", no_argument, NULL, OPT_STRIP},
	{"max-files", required_argument, NULL, OPT_FILES},
	{"max-size", required_argument, NULL, OPT_SIZE},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

struct command {
	struct pack_options pack;
	struct unpack_limits limits;
	bool unpack, plan, sources;
	size_t npatterns;
};

static _Noreturn void wrong_usage(const char *what)
{
	if (what)
		warnx("usage: %s; see rr-pack -h", what);
	else
		fputs("rr-pack: usage: see rr-pack -h\n", stderr);
	exit(2);
}

static uint64_t number(const char *option, const char *s, uint64_t min, uint64_t max)
{
	const char *error;
	uint64_t n = (uint64_t)strtonum(s, (long long)min, (long long)max, &error);

	if (error)
		errx(2, "%s: %s: number is %s", option, s, error);
	return n;
}

/* A number with an optional unit. */
static uint64_t bytes(const char *option, const char *s)
{
	static const char units[] = "KMGT";
	size_t len = strlen(s);
	const char *unit = len ? strchr(units, s[len - 1]) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	char *digits = xasprintf("%.*s", (int)(unit ? len - 1 : len), s);
	uint64_t n = number(option, digits, 0, (uint64_t)INT64_MAX >> shift);

	free(digits);
	return n << shift;
}

/* N of "1-N". Events need the memory that earlier ones made, so a part of a trace must be its
 * beginning. */
static uint64_t last_event(const char *s)
{
	if (strncmp(s, "1-", 2) != 0)
		errx(2, "--events: %s: not 1-N: a replay begins at the first event", s);
	return number("--events", s + 2, 1, INT64_MAX);
}

static void read_options(struct command *c, int argc, char **argv)
{
	int opt;

	c->pack.redact = xcalloc((size_t)argc + 1, sizeof(*c->pack.redact));
	while ((opt = getopt_long(argc, argv, "no:xh", options, NULL)) != -1) {
		switch (opt) {
		case 'n': c->plan = true; break;
		case 'o': c->pack.output = optarg; break;
		case 'x': c->unpack = true; break;
		case OPT_INTO: c->pack.into = optarg; break;
		case OPT_DEBUG:
			c->pack.debug = true;
			c->pack.debug_dir = optarg;
			break;
		case OPT_SOURCES: c->sources = true; break;
		case OPT_EVENTS: c->pack.last = last_event(optarg); break;
		case OPT_RECOMPRESS:
			c->pack.compress = true;
			c->pack.level = (int)number("--recompress", optarg, 1, 12);
			break;
		case OPT_REDACT: c->pack.redact[c->npatterns++] = optarg; break;
		case OPT_STRIP: c->pack.strip_env = true; break;
		case OPT_FILES:
			c->limits.files = number("--max-files", optarg, 0, INT64_MAX);
			break;
		case OPT_SIZE: c->limits.size = bytes("--max-size", optarg); break;
		case 'h': fputs(usage, stdout); exit(0);
		case OPT_VERSION: puts("rr-pack (rr-tools) " RR_VERSION); exit(0);
		default: wrong_usage(NULL);
		}
	}
	if (c->unpack + c->plan + c->sources > 1)
		wrong_usage("at most one of -n, -x and --sources");
	if (c->pack.output && c->pack.into)
		wrong_usage("at most one of -o and --into");
	if (c->unpack && argc - optind != 1 && argc - optind != 2)
		wrong_usage("-x takes an archive and, optionally, a directory to create");
	if (c->pack.output && argc - optind > 1)
		wrong_usage("an archive holds one trace");
}

static int unpack(const struct command *c, char **args)
{
	return pack_unpack(args[0], args[1], &c->limits);
}

static int pack_one(const struct command *c, const char *trace)
{
	if (c->sources)
		return pack_print_sources(trace, &c->pack, stdout);
	if (c->plan)
		return pack_print_plan(trace, &c->pack, stdout);
	return pack_trace(trace, &c->pack);
}

int main(int argc, char **argv)
{
	struct command c = {.limits = {UNPACK_SIZE, UNPACK_FILES}};
	int rc = 0;

	stdio_reserve();
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN); /* so that a too large file is an error like others */
	read_options(&c, argc, argv);
	if (!c.npatterns) {
		free(c.pack.redact);
		c.pack.redact = NULL;
	}
	if (c.unpack)
		rc = unpack(&c, argv + optind);
	for (int i = optind; !c.unpack && !rc && (i < argc || i == optind); i++)
		rc = pack_one(&c, i < argc ? argv[i] : NULL);
	free(c.pack.redact);
	if (rc)
		errx(2, "%s", trace_strerror());
	if (fflush(stdout) || ferror(stdout))
		errx(2, "stdout: cannot write");
	return 0;
}
