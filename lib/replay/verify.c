/* Whether a trace is whole and replays exactly. */
#include "instrument/image.h"
#include "replay/replay.h"
#include "trace/trace.h"
#include "util/alloc.h"
#include "util/array.h"

#include <stdlib.h>

struct sums {
	uint64_t *v;
	size_t n, at;
	bool second;
};

struct verify_context {
	const struct replay_verify_options *o;
	struct sums *sums;
};

static void pass_on_divergence(void *ctx, const struct replay_report *r,
			       const struct replay_stopped *v, size_t n)
{
	const struct verify_context *c = ctx;

	c->o->diverged(c->o->ctx, r, v, n);
}

static int take_sum(void *ctx, const struct trace_event *ev, uint64_t sum)
{
	struct sums *s = ((struct verify_context *)ctx)->sums;

	(void)ev;
	if (s->second)
		return s->at >= s->n || s->v[s->at++] != sum;
	*ARRAY_ADD(s->v, s->n) = sum;
	return 0;
}

static enum replay_verdict structure_fails(struct replay_report *report, const char *why)
{
	report->verdict = REPLAY_NO_TRACE;
	report->why = xstrdup(why);
	return REPLAY_NO_TRACE;
}

/* *dir, *uuid: where the trace is and which it is, malloc'd; NULL if there is none. */
static enum replay_verdict check_structure(const struct replay_verify_options *o, char **dir,
					   char **uuid, struct replay_stats *stats,
					   struct replay_report *report)
{
	struct trace_event ev;
	struct trace_reader *r = trace_open(o->trace, false);
	enum replay_verdict v = REPLAY_EXACT;

	if (!r)
		return structure_fails(report, trace_strerror());
	*dir = xstrdup(trace_reader_dir(r));
	*uuid = xstrdup(trace_reader_uuid(r));
	trace_check_code(r, code_file_check);
	if (trace_check(r, o->structure_only))
		v = structure_fails(report, trace_reader_error(r));
	while (!v && o->structure_only && o->count_events && trace_next(r, &ev) == 1)
		stats->events = ev.num;
	trace_reader_close(r);
	return v;
}

enum replay_verdict replay_verify(const struct replay_verify_options *o, struct replay_stats *stats,
				  struct replay_report *report)
{
	struct sums sums = {0};
	struct verify_context ctx = {o, &sums};
	struct replay_options ro = {.write_fd = -1,
				    .memory_every = o->memory_every,
				    .checksum = take_sum,
				    .diverged = o->diverged ? pass_on_divergence : NULL,
				    .ctx = &ctx};
	char *dir = NULL, *uuid = NULL;

	*stats = (struct replay_stats){0};
	*report = (struct replay_report){0};
	enum replay_verdict v = check_structure(o, &dir, &uuid, stats, report);
	if (v || o->structure_only)
		goto out;
	ro.trace = dir;
	ro.uuid = uuid;
	v = replay_run(&ro, stats, report);
	/* Checksums made by the recorder have been compared on the way; without them, two replays
	 * must agree. */
	if (!v && o->memory_every && !stats->checksums) {
		double seconds = stats->seconds;
		replay_report_free(report);
		sums.second = true;
		v = replay_run(&ro, stats, report);
		stats->seconds += seconds;
		stats->checksums = sums.n;
	}
	if (!v && !stats->complete)
		v = report->verdict = REPLAY_NO_TRACE; /* exact as far as it goes, but not whole */
out:
	free(sums.v);
	free(dir);
	free(uuid);
	return v;
}
