/* rr-dump: prints a trace as text. */
#include "print/print.h"
#include "print/replay_report.h"
#include "replay/replay.h"
#include "util/file_io.h"
#include "util/size.h"

#include <bsd/stdlib.h>
#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage_text[] =
	"usage: rr-dump [-HhjlmrxaMct] [-e range[,range]] [-k kind[,kind]] [-p tid[,tid]]\n"
	"               [-s name[,name]] [-w fd] [--version] [trace]\n";

static const char help_text[] =
	"  -e N,N-M,N-,-M  these events             -a  arguments and environment\n"
	"  -k KIND[,KIND]  these kinds              -M  mappings\n"
	"  -p TID[,TID]    these tasks              -c  summary by call\n"
	"  -s NAME[,NAME]  these calls              -t  tree of tasks\n"
	"  -r  registers, in two more columns       -w FD  only what was written to FD\n"
	"  -m  memory written, in lines of its own  -j  JSON, one object a line\n"
	"  -x  buffers and memory in hexadecimal    -H  print names of columns first\n"
	"  -l  follow a recording that still runs   -h  print this text\n";

struct dump {
	struct trace_reader *reader;
	struct print_select select;
	struct print_style style;
	const char *trace;
	int view; /* the option of a view other than events; 0: events */
	int fd;   /* of -w */
	bool header, follow;
};

static _Noreturn void usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static void select_list(struct dump *d, int opt, const char *list,
			const char *(*add)(struct print_select *s, const char *list),
			const char *what)
{
	const char *wrong = add(&d->select, list);

	if (wrong)
		errx(2, "-%c: %.*s: %s", opt, (int)strcspn(wrong, ","), wrong, what);
}

static int read_fd(const char *arg)
{
	const char *wrong;
	int fd = (int)strtonum(arg, 0, INT_MAX, &wrong);

	if (wrong)
		errx(2, "-w: %s: not a descriptor", arg);
	return fd;
}

static void set_view(struct dump *d, int opt)
{
	if (d->view && d->view != opt)
		errx(2, "-%c: cannot be used with -%c: one view at a time", opt, d->view);
	d->view = opt;
}

static void read_options(struct dump *d, int argc, char **argv)
{
	static const struct option longs[] = {
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {0}};
	int opt;

	while ((opt = getopt_long(argc, argv, "+ace:Hhjk:lMmp:rs:tw:x", longs, NULL)) != -1) {
		switch (opt) {
		case 'e':
			select_list(d, opt, optarg, print_select_ranges, "not a range of events");
			break;
		case 'k':
			select_list(d, opt, optarg, print_select_kinds, "no such kind of event");
			break;
		case 'p': select_list(d, opt, optarg, print_select_tids, "not a task"); break;
		case 's': select_list(d, opt, optarg, print_select_calls, "no such call"); break;
		case 'w': d->fd = read_fd(optarg); /* fallthrough */
		case 'a':
		case 'c':
		case 'M':
		case 't': set_view(d, opt); break;
		case 'H': d->header = true; break;
		case 'j': d->style.json = true; break;
		case 'l': d->follow = true; break;
		case 'm': d->style.memory = true; break;
		case 'r': d->style.regs = true; break;
		case 'x': d->style.hex = true; break;
		case 'V': puts("rr-dump (rr-tools) " RR_VERSION); exit(0);
		case 'h':
			fputs(usage_text, stdout);
			fputs(help_text, stdout);
			exit(0);
		default: usage();
		}
	}
	if (argc - optind > 1)
		usage();
	d->trace = argv[optind];
	if (d->follow && d->view)
		errx(2, "-l: cannot be used with -%c: only events can be followed", d->view);
}

/* The next event; when following, waits for it. */
static int next_event(struct dump *d, size_t *range, struct trace_event *ev)
{
	static const struct timespec pause = {.tv_nsec = 100000000};

	for (;;) {
		/* Checked before reading, so that whatever the recorder wrote before it ended is
		 * read. */
		bool live = d->follow && trace_reader_live(d->reader);
		int got = print_select_next(&d->select, range, d->reader, ev);

		if (got || !live || trace_reader_complete(d->reader) ||
		    print_select_done(&d->select, *range))
			return got;
		fflush(stdout);
		nanosleep(&pause, NULL);
	}
}

/* Prints the rest of memory that is too large to be loaded at once. */
static int dump_more_memory(struct dump *d, const struct trace_event *ev)
{
	struct trace_data data;
	int got;

	while ((got = trace_next_data(d->reader, &data)) == 1 && !ferror(stdout))
		print_memory(stdout, ev, &data, &d->style);
	return got;
}

static int dump_events(struct dump *d)
{
	struct print_records recs = {.memory = d->style.memory};
	struct print_inputs inputs = {0};
	struct trace_event ev = {0};
	size_t range = 0;
	int got;

	d->select.inputs = &inputs;
	if (d->header && !d->style.json)
		print_header(stdout, &d->style);
	while ((got = next_event(d, &range, &ev)) == 1 && !ferror(stdout)) {
		got = print_records_load(&recs, d->reader, TRACE_DATA_MAX);
		print_inputs_join(&inputs, &ev, &recs);
		print_event(stdout, &ev, &recs, &d->style);
		if (got == 0 && recs.more && d->style.memory)
			got = dump_more_memory(d, &ev);
		if (got < 0)
			break;
	}
	d->select.inputs = NULL;
	print_inputs_free(&inputs);
	print_records_free(&recs);
	return got;
}

static int write_bytes(void *ctx, const struct trace_event *ev, int stream, const void *bytes,
		       size_t n)
{
	(void)ctx;
	(void)ev;
	(void)stream;
	return fwrite(bytes, 1, n, stdout) == n ? 0 : -1;
}

/* A trace does not hold what the program wrote. A replay produces it. */
static _Noreturn void dump_written(struct dump *d)
{
	const struct replay_options o = {
		.trace = trace_reader_dir(d->reader), .write_fd = d->fd, .output = write_bytes};
	struct replay_stats stats;
	struct replay_report report;
	enum replay_verdict verdict = replay_run(&o, &stats, &report);

	print_replay_report(stderr, &report);
	replay_report_free(&report);
	if (fflush(stdout) || ferror(stdout))
		errx(2, "stdout: cannot write");
	exit(verdict ? 2 : 0);
}

static int dump(struct dump *d)
{
	switch (d->view) {
	case 'a': print_args(stdout, trace_reader_meta(d->reader), &d->style); return 0;
	case 'c': return print_summary(stdout, d->reader, &d->select, &d->style, d->header);
	case 'M': return print_maps(stdout, d->reader, &d->select, &d->style, d->header);
	case 't': return print_tree(stdout, d->reader, &d->select, &d->style, d->header);
	case 'w': dump_written(d);
	default: return dump_events(d);
	}
}

int main(int argc, char **argv)
{
	struct dump d = {0};
	int err;

	stdio_reserve();
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN); /* so that a too large file is an error like others */
	read_options(&d, argc, argv);
	d.select.follow = d.follow;
	d.style.align = isatty(STDOUT_FILENO);
	d.reader = trace_open(d.trace, d.follow);
	if (!d.reader)
		errx(2, "%s", trace_strerror());
	err = dump(&d);
	if (fflush(stdout) || ferror(stdout))
		errx(2, "stdout: cannot write");
	if (err < 0)
		warnx("%s", trace_reader_error(d.reader));
	else if (!trace_reader_complete(d.reader))
		warnx("%s: incomplete: %s", trace_reader_dir(d.reader),
		      trace_reader_live(d.reader) ? "it is still being recorded"
						  : "the recording was cut short");
	trace_reader_close(d.reader);
	print_select_free(&d.select);
	return err < 0 ? 2 : 0;
}
