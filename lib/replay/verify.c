/* Is a trace whole, and does it replay exactly? */
#include "replay/replay.h"
#include "util/util.h"

#include <err.h>
#include <stdlib.h>

struct sums {
	uint64_t *v;
	size_t n, cap, at;
	bool second;
};

static int take_sum(void *ctx, const struct trace_event *ev, uint64_t sum)
{
	struct sums *s = ctx;

	(void)ev;
	if (s->second)
		return s->at >= s->n || s->v[s->at++] != sum;
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 256;
		s->v = xrealloc(s->v, s->cap * sizeof(*s->v));
	}
	s->v[s->n++] = sum;
	return 0;
}

/* *dir, *uuid: where and which one it is, malloc'd; NULL if there is none. */
static enum replay_verdict check_structure(const char *trace, bool quick, bool verbose, char **dir,
					   char **uuid)
{
	struct trace_event ev;
	uint64_t n = 0;

	struct trace_reader *r = trace_open(trace, false);

	if (!r) {
		warnx("%s", trace_strerror());
		return REPLAY_NO_TRACE;
	}
	*dir = xstrdup(trace_reader_dir(r));
	*uuid = xstrdup(trace_reader_uuid(r));
	enum replay_verdict v = REPLAY_EXACT;
	if (trace_check(r, quick)) {
		warnx("%s", trace_reader_error(r));
		v = REPLAY_NO_TRACE;
	}
	while (!v && verbose && trace_next(r, &ev) == 1)
		n = ev.num;
	if (!v && verbose)
		printf("%lu events: whole\n", (unsigned long)n);
	trace_reader_close(r);
	return v;
}

enum replay_verdict replay_verify(const struct verify_options *o)
{
	struct sums sums = {0};
	struct replay_options ro = {.trace = o->trace,
				    .quiet = true,
				    .keep = o->keep,
				    .write_fd = -1,
				    .memory_every = o->memory_every,
				    .checksum = take_sum,
				    .ctx = &sums};
	struct replay_stats stats = {0};
	char *dir = NULL, *uuid = NULL;
	enum replay_verdict v = check_structure(o->trace, o->structure_only,
						o->structure_only && o->verbose, &dir, &uuid);

	if (v || o->structure_only)
		goto out;
	ro.trace = dir;
	ro.uuid = uuid;
	v = replay_run(&ro, &stats);
	double seconds = stats.seconds;
	/* Sums made when recording have been compared on the way; without them, two replays must
	 * agree. */
	if (!v && o->memory_every && !stats.checksums) {
		sums.second = ro.again = true;
		v = replay_run(&ro, &stats);
		seconds += stats.seconds;
	}
	if (!v && !stats.complete)
		v = REPLAY_NO_TRACE; /* exact as far as it goes, but not whole */
	if (!v && o->verbose)
		printf("%lu events, %lu calls, %lu signals, %lu tasks, %lu memory checksums, %.3f s: exact\n",
		       stats.events, stats.calls, stats.signals, stats.tasks,
		       stats.checksums ? stats.checksums : sums.n, seconds);
out:
	free(sums.v);
	free(dir);
	free(uuid);
	return v;
}
