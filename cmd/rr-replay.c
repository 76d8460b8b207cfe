/* rr-replay: replays a recorded program. */
#include "divergence.h"
#include "print/print.h"
#include "print/replay_report.h"
#include "trace/systab.h"
#include "trace/trace.h"
#include "tracee/hold.h"
#include "util/file_io.h"
#include "util/size.h"

#include <bsd/stdlib.h>
#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

static const char usage[] =
	"usage: rr-replay [-q] [--until EVENT] [--trace-events] [--stats] [--debug-on-divergence] [TRACE]\n"
	"Replays a recorded program and prints what it printed.\n"
	"  -q                     do not print the program's output\n"
	"  --until EVENT          stop after this event\n"
	"  --trace-events         print every event on stderr as it is replayed\n"
	"  --stats                print events, seconds and calls by kind on stderr\n"
	"  --debug-on-divergence  if the replay diverges, wait for a debugger; the default at a terminal\n"
	"  -h, --help             print this text\n"
	"  --version              print the version\n";

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

static int write_output(void *ctx, const struct trace_event *ev, int stream, const void *bytes,
			size_t n)
{
	(void)ctx;
	(void)ev;
	return write_all(stream, bytes, n);
}

/* Prints events as rr-dump does, from its own reader of the trace. */
struct event_printer {
	struct trace_reader *r;
	struct print_records recs;
	struct print_inputs inputs;
};

static void show_event(void *ctx, const struct trace_event *applied)
{
	struct event_printer *s = ctx;
	const struct print_style style = {0};
	struct trace_event ev;

	(void)applied;
	if (trace_next(s->r, &ev) != 1 || print_records_load(&s->recs, s->r, TRACE_DATA_MAX))
		return;
	print_inputs_join(&s->inputs, &ev, &s->recs);
	print_event(stderr, &ev, &s->recs, &style);
}

static void event_printer_open(struct event_printer *s, struct replay_options *o)
{
	s->r = trace_open(o->trace, false);
	if (!s->r)
		errx(2, "%s", trace_strerror());
	o->event = show_event;
	o->ctx = s;
}

static void event_printer_close(struct event_printer *s)
{
	print_records_free(&s->recs);
	print_inputs_free(&s->inputs);
	trace_reader_close(s->r);
}

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
	struct replay_options o = {.write_fd = -1, .output = write_output};
	struct replay_stats stats;
	struct replay_report report = {0};
	struct event_printer printer = {0};
	bool want_stats = false, want_events = false, hold = hold_has_user();
	const char *wrong;
	int c;

	stdio_reserve();
	/* so that a too large memory file is an error like others */
	signal(SIGXFSZ, SIG_IGN);
	while ((c = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		switch (c) {
		case 'q': o.output = NULL; break;
		case OPT_UNTIL:
			o.until = (uint64_t)strtonum(optarg, 1, LLONG_MAX, &wrong);
			if (wrong)
				errx(2, "--until: %s: not an event number", optarg);
			break;
		case OPT_EVENTS: want_events = true; break;
		case OPT_STATS: want_stats = true; break;
		case OPT_DEBUG: hold = true; break;
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
	o.diverged = hold ? divergence_hold : NULL;
	if (want_events)
		event_printer_open(&printer, &o);
	enum replay_verdict v = replay_run(&o, &stats, &report);
	if (!(hold && v == REPLAY_DIVERGED))
		print_replay_report(stderr, &report);
	event_printer_close(&printer);
	replay_report_free(&report);
	if (want_stats)
		print_stats(&stats);
	return (int)v;
}
