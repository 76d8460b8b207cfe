/* rr-replay: runs a recorded program again, exactly. */
#include "replay/replay.h"
#include "trace/systab.h"
#include "tracee/keep.h"
#include "util/util.h"

#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>

static const char usage[] =
	"usage: rr-replay [-q] [--until EVENT] [--trace-events] [--stats] [--debug-on-divergence] [TRACE]\n"
	"Runs a recorded program again and prints what it printed.\n"
	"  -q                     without its output\n"
	"  --until EVENT          stop after this event\n"
	"  --trace-events         print every event on stderr as it is replayed\n"
	"  --stats                print events, seconds and calls by kind on stderr\n"
	"  --debug-on-divergence  if it diverges, wait there for a debugger; always so at a terminal\n"
	"  -h, --help             this text\n"
	"  --version              the version\n";

enum { OPT_UNTIL = 256, OPT_EVENTS, OPT_STATS, OPT_DEBUG, OPT_VERSION };

static const struct option options[] = {
	{"until", required_argument, NULL, OPT_UNTIL},
	{"trace-events", no_argument, NULL, OPT_EVENTS},
	{"stats", no_argument, NULL, OPT_STATS},
	{"debug-on-divergence", no_argument, NULL, OPT_DEBUG},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static void print_stats(const struct replay_stats *s)
{
	fprintf(stderr, "events\t%lu\nseconds\t%.3f\ntasks\t%lu\nsignals\t%lu\ncalls\t%lu\n",
		s->events, s->seconds, s->tasks, s->signals, s->calls);
	for (size_t i = 0; i < ARRAY_LEN(s->calls_by_number); i++) {
		const struct sys_desc *d = systab_get(i);
		if (s->calls_by_number[i])
			fprintf(stderr, "%s\t%lu\n", d ? d->name : "unknown",
				s->calls_by_number[i]);
	}
}

int main(int argc, char **argv)
{
	struct replay_options o = {.write_fd = -1, .keep = keep_has_user()};
	struct replay_stats stats;
	bool want_stats = false;
	char *end;
	int c;

	stdio_reserve();
	/* a memory file that would be too large is an error as others are */
	signal(SIGXFSZ, SIG_IGN);
	while ((c = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		switch (c) {
		case 'q': o.quiet = true; break;
		case OPT_UNTIL:
			o.until = strtoull(optarg, &end, 10);
			if (end == optarg || *end || !o.until || optarg[0] == '-')
				errx(2, "--until: %s: not an event number", optarg);
			break;
		case OPT_EVENTS: o.show_events = true; break;
		case OPT_STATS: want_stats = true; break;
		case OPT_DEBUG: o.keep = true; break;
		case 'h': fputs(usage, stdout); return 0;
		case OPT_VERSION: puts("rr-replay (rr-tools) " RR_VERSION); return 0;
		default: fputs("rr-replay: usage: see rr-replay -h\n", stderr); return 2;
		}
	}
	if (argc - optind > 1) {
		fputs("rr-replay: usage: one trace at most; see rr-replay -h\n", stderr);
		return 2;
	}
	o.trace = argv[optind];
	enum replay_verdict v = replay_run(&o, &stats);
	if (want_stats)
		print_stats(&stats);
	return (int)v;
}
