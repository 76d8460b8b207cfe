/* A whole replay, from the trace to its report. */
#include "replay/replay.h"

#include "replay/replayer.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/exhaustion.h"

#include <stdlib.h>
#include <string.h>

/* The tasks get the registers of the report, which are the original program's, not those of a
 * trampoline. A call at whose entry a task is stopped is not made. After that, only ptask_end() is
 * possible. */
static void show_divergence(struct replayer *p)
{
	const struct ptask *about = ptask_find(p, p->ev.tid);
	size_t n = ptask_count(p), i = about ? 1 : 0;
	struct ptask *pt;

	struct replay_stopped *v = xcalloc(n + 1, sizeof(*v));
	SLIST_FOREACH(pt, &p->tasks, link) {
		task_gone_ok(task_set_regs(&pt->t));
		v[pt == about ? 0 : i++] = (struct replay_stopped){pt->t.tid, pt->id, pt == about};
	}
	p->o->diverged(p->o->ctx, &p->report, v, n);
	free(v);
}

/* Until something else than an applied event comes, or the last that was asked for. */
static enum replayer_result run_events(struct replayer *p)
{
	enum replayer_result v;

	while (!(v = replayer_next(p))) {
		if (p->o->event)
			p->o->event(p->o->ctx, &p->ev);
		if (p->ev.num == p->o->until)
			break;
	}
	if (v == REPLAYER_OVER)
		v = exhaustion_text() ? replayer_fail(p, "%s", exhaustion_text()) : REPLAYER_OK;
	return v;
}

/* The replay was exact, of a recording that was cut short. */
static void note_cut_short(struct replayer *p)
{
	const char *dir = trace_reader_dir(p->r);

	if (p->stats->events)
		p->report.note = xasprintf(
			"%s: the recording was cut short: replayed up to event %lu, the last that is whole",
			dir, (unsigned long)p->stats->events);
	else
		replayer_fail(p, "%s: the recording was cut short before its first event was saved",
			      dir);
}

enum replay_verdict replay_run(const struct replay_options *o, struct replay_stats *stats,
			       struct replay_report *report)
{
	struct replayer p = {.o = o, .stats = stats};
	uint64_t start = clock_now_ns();
	enum replayer_result v = replayer_open(&p);

	if (!v)
		v = run_events(&p);
	if (v == REPLAYER_DIVERGED && o->diverged)
		show_divergence(&p);
	if (!v && !stats->complete && !(o->until && p.ev.num == o->until))
		note_cut_short(&p);
	*report = p.report;
	p.report = (struct replay_report){0};
	replayer_close(&p);
	stats->seconds = (double)(clock_now_ns() - start) / 1e9;
	return report->verdict;
}
