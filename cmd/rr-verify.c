/* rr-verify: checks that a trace is whole and replays exactly. */
#include "divergence.h"
#include "print/replay_report.h"
#include "tracee/hold.h"
#include "util/file_io.h"
#include "util/size.h"

#include <bsd/stdlib.h>
#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: rr-verify [-v] [--quick] [--memory=N|all|none] [--debug-on-divergence] [TRACE]\n"
	"Checks the files of a trace, then replays it. Prints the first difference.\n"
	"  --memory=N|all|none    compare memory every N events (1000), at each, or never\n"
	"  --quick                check only the files\n"
	"  --debug-on-divergence  if the replay diverges, wait for a debugger; the default at a terminal\n"
	"  -v                     print a line of figures\n"
	"  -h, --help             print this text\n"
	"  --version              print the version\n";

enum { OPT_MEMORY = 256, OPT_QUICK, OPT_DEBUG, OPT_VERSION };

static const struct option options[] = {
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"quick", no_argument, NULL, OPT_QUICK},
	{"debug-on-divergence", no_argument, NULL, OPT_DEBUG},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static uint64_t memory_every(const char *s)
{
	const char *wrong;

	if (!strcmp(s, "all"))
		return 1;
	if (!strcmp(s, "none"))
		return 0;
	uint64_t n = (uint64_t)strtonum(s, 1, LLONG_MAX, &wrong);
	if (wrong)
		errx(2, "--memory: %s: not a number of events, 'all' or 'none'", s);
	return n;
}

static void print_figures(const struct replay_stats *s, bool structure_only)
{
	if (structure_only)
		printf("%lu events: whole\n", s->events);
	else
		printf("%lu events, %lu calls, %lu signals, %lu tasks, %lu memory checksums, %.3f s: exact\n",
		       s->events, s->calls, s->signals, s->tasks, s->checksums, s->seconds);
}

int main(int argc, char **argv)
{
	struct replay_verify_options o = {.memory_every = 1000};
	struct replay_stats stats;
	struct replay_report report;
	bool hold = hold_has_user();
	int c;

	stdio_reserve();
	/* so that a too large memory file is an error like others */
	signal(SIGXFSZ, SIG_IGN);
	while ((c = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		switch (c) {
		case 'v': o.count_events = true; break;
		case OPT_MEMORY: o.memory_every = memory_every(optarg); break;
		case OPT_DEBUG: hold = true; break;
		case OPT_QUICK: o.structure_only = true; break;
		case 'h': fputs(usage, stdout); return 0;
		case OPT_VERSION: puts("rr-verify (rr-tools) " RR_VERSION); return 0;
		default: fputs("rr-verify: usage: see rr-verify -h\n", stderr); return 2;
		}
	}
	if (argc - optind > 1) {
		fputs("rr-verify: usage: one trace at most; see rr-verify -h\n", stderr);
		return 2;
	}
	o.trace = argv[optind];
	o.diverged = hold ? divergence_hold : NULL;
	enum replay_verdict v = replay_verify(&o, &stats, &report);
	if (!(hold && v == REPLAY_DIVERGED))
		print_replay_report(stderr, &report);
	if (!v && o.count_events)
		print_figures(&stats, o.structure_only);
	replay_report_free(&report);
	return (int)v;
}
