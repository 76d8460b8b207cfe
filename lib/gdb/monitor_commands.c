/* `monitor COMMAND`: what a debugger has no command for. */
#include "gdb/console.h"
#include "gdb/inferiors.h"
#include "gdb/packets.h"
#include "gdb/reply.h"
#include "gdb/resume.h"
#include "gdb/stop_replies.h"
#include "print/print.h"
#include "util/alloc.h"
#include "util/array.h"
#include "util/size.h"

#include <bsd/stdlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void monitor_command(struct session *s, const char *argument);

/* --- positions --- */

static void print_position(struct session *s, const struct debug_position *p)
{
	char text[DEBUG_POSITION_MAX];

	debug_position_print(text, p);
	gdb_console_format(s, "%s\n", text);
}

static void when(struct session *s, const char *argument)
{
	struct debug_position here = debug_here(s->debug);

	(void)argument;
	print_position(s, &here);
}

static void when_ticks(struct session *s, const char *argument)
{
	(void)argument;
	gdb_console_format(s, "%lu\n", debug_here(s->debug).ticks);
}

static void elapsed(struct session *s, const char *argument)
{
	uint64_t ns = debug_elapsed_ns(s->debug);

	(void)argument;
	gdb_console_format(s, "%lu.%09lu\n", ns / 1000000000, ns % 1000000000);
}

static void go_to(struct session *s, const struct debug_position *p)
{
	struct debug_position here;
	enum debug_stop_kind kind = gdb_seek(s, p);

	if (kind == DEBUG_STOP_FAILED) {
		gdb_console_format(s, "rr-gdb: %s\n", debug_error(s->debug));
		return;
	}
	if (kind == DEBUG_STOP_INTERRUPT)
		gdb_console_format(s, "interrupted, at ");
	here = debug_here(s->debug);
	print_position(s, &here);
}

static void seek(struct session *s, const char *argument)
{
	struct debug_position p;

	if (!*argument)
		gdb_console_format(s, "seek: to where? EVENT[:TICKS[+INSNS]]\n");
	else if (!debug_position_parse(&p, argument))
		gdb_console_format(s, "seek: %s: not a position, which is EVENT[:TICKS[+INSNS]]\n",
				   argument);
	else
		go_to(s, &p);
}

static void arrive(struct session *s, const char *argument)
{
	(void)argument;
	gdb_notice_arrival(s);
}

/* --- checkpoints: numbered positions --- */

#define CHECKPOINTS_MAX 100000

static void checkpoint(struct session *s, const char *argument)
{
	struct gdb *g = s->gdb;

	(void)argument;
	if (g->ncheckpoints == CHECKPOINTS_MAX) {
		gdb_console_format(s, "checkpoint: too many\n");
		return;
	}
	*ARRAY_ADD(g->checkpoints, g->ncheckpoints) =
		(struct checkpoint){true, debug_here(s->debug)};
	gdb_console_format(s, "checkpoint %zu at ", g->ncheckpoints);
	print_position(s, &g->checkpoints[g->ncheckpoints - 1].at);
}

/* NULL after a message that there is none. */
static struct checkpoint *checkpoint_find(struct session *s, const char *number)
{
	struct gdb *g = s->gdb;
	const char *error;
	long long n = strtonum(number, 1, CHECKPOINTS_MAX, &error);

	if (!error && (size_t)n <= g->ncheckpoints && g->checkpoints[n - 1].used)
		return &g->checkpoints[n - 1];
	gdb_console_format(s, "%s: no such checkpoint\n", *number ? number : "without a number");
	return NULL;
}

static void restart_at(struct session *s, const char *argument)
{
	struct checkpoint *c = *argument ? checkpoint_find(s, argument) : NULL;

	if (!*argument)
		go_to(s, &s->gdb->begin);
	else if (c)
		go_to(s, &c->at);
}

static void forget(struct session *s, const char *argument)
{
	struct checkpoint *c = checkpoint_find(s, argument);

	if (c)
		c->used = false;
}

static void print_checkpoints(struct session *s)
{
	struct gdb *g = s->gdb;

	for (size_t i = 0; i < g->ncheckpoints; i++) {
		if (!g->checkpoints[i].used)
			continue;
		gdb_console_format(s, "checkpoint %zu at ", i + 1);
		print_position(s, &g->checkpoints[i].at);
	}
}

/* --- the replay and its events --- */

static void info(struct session *s, const char *argument)
{
	struct debug_figures f = debug_figures(s->debug);
	struct debug_position here = debug_here(s->debug);
	size_t n;

	(void)argument;
	gdb_threads_all(s, &n);
	gdb_console_format(s, "trace %s\nposition ", trace_reader_dir(s->gdb->reader));
	print_position(s, &here);
	gdb_console_format(s, "last event %lu\nthreads %zu\nprocesses shown %zu\ndiversion %s\n",
			   debug_last_event(s->debug), n, s->nshown,
			   debug_diversion(s->debug) ? "yes" : "no");
	gdb_console_format(
		s, "snapshots %lu\nbytes of their own %lu\nforks %lu\nevents replayed %lu\n",
		f.checkpoints, f.bytes, f.forks, f.events_replayed);
	print_checkpoints(s);
}

static ssize_t console_write(void *ctx, const char *bytes, size_t n)
{
	gdb_console(ctx, bytes, n);
	return (ssize_t)n;
}

static void print_events(struct session *s, FILE *out, struct print_select *select)
{
	struct trace_reader *r = s->gdb->reader;
	struct print_style style = {.align = true};
	struct print_records recs = {0};
	struct print_inputs inputs = {0};
	struct trace_event ev = {0};
	size_t range = 0;

	select->inputs = &inputs;
	while (!gdb_wire_interrupted(&s->wire) && print_select_next(select, &range, r, &ev) == 1) {
		int got = print_records_load(&recs, r, TRACE_DATA_MAX);
		print_inputs_join(&inputs, &ev, &recs);
		print_event(out, &ev, &recs, &style);
		if (got < 0)
			break;
	}
	if (*trace_reader_error(r))
		fprintf(out, "%s\n", trace_reader_error(r));
	select->inputs = NULL;
	print_inputs_free(&inputs);
	print_records_free(&recs);
}

/* Prints a range of events; without one, the event applied last. */
static void dump(struct session *s, const char *argument)
{
	cookie_io_functions_t io = {.write = console_write};
	char *here = xasprintf("%lu", debug_here(s->debug).event);
	struct print_select select = {0};
	FILE *out = fopencookie(s, "w", io);
	const char *wrong = print_select_ranges(&select, *argument ? argument : here);

	if (wrong)
		gdb_console_format(s, "dump: %s: not a range of events\n", wrong);
	else if (out && trace_seek(s->gdb->reader, 1) == 0)
		print_events(s, out, &select);
	if (out)
		fclose(out);
	print_select_free(&select);
	free(here);
}

/* --- the commands --- */

static monitor_command help;

static const struct {
	const char *name, *takes, *what;
	monitor_command *run;
} commands[] = {
	{"help", "", "print this list", help},
	{"when", "", "print the position: EVENT, EVENT:TICKS or EVENT:TICKS+INSNS", when},
	{"when-ticks", "", "print the ticks that the current task has made", when_ticks},
	{"elapsed", "", "print the seconds from the recording's beginning to here", elapsed},
	{"seek", " POSITION", "go to the position", seek},
	{"run", " POSITION", "the same as seek", seek},
	{"checkpoint", "", "give this position a number for restart", checkpoint},
	{"restart", " [NUMBER]", "go to the position with that number, or to the beginning",
	 restart_at},
	{"delete", " NUMBER", "delete a numbered position", forget},
	{"info", "", "print figures of the replay, and the numbered positions", info},
	{"dump", " [RANGE]", "print events as rr-dump does: N, N-M, N-, -M", dump},
	{"arrive", "", "have the next step or continue report this position, and not move", arrive},
};

static void help(struct session *s, const char *argument)
{
	(void)argument;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char left[64];
		snprintf(left, sizeof(left), "%s%s", commands[i].name, commands[i].takes);
		gdb_console_format(s, "%-20s %s\n", left, commands[i].what);
	}
}

static monitor_command *command_find(const char *line, const char **argument)
{
	size_t n = strcspn(line, " \t");

	*argument = line + n + strspn(line + n, " \t");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strlen(commands[i].name) == n && !memcmp(commands[i].name, line, n))
			return commands[i].run;
	return NULL;
}

static void strip(char *line)
{
	size_t n = strlen(line);

	while (n && (line[n - 1] == ' ' || line[n - 1] == '\t' || line[n - 1] == '\n'))
		line[--n] = '\0';
}

/* qRcmd,COMMAND */
void gdb_monitor(struct session *s, struct cursor *in)
{
	char *line = gdb_take_char(in, ',') ? gdb_take_text(in) : NULL;
	const char *argument;

	if (!line || !gdb_at_end(in)) {
		gdb_reply_error(s, 1);
		free(line);
		return;
	}
	strip(line);
	s->listening = true;
	monitor_command *run = command_find(line, &argument);
	if (run)
		run(s, argument);
	else
		gdb_console_format(s, "%s: no such command; see `monitor help`\n", line);
	s->listening = false;
	free(line);
	gdb_reply_ok(s);
}
