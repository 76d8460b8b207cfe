/* The replayer's loop: each event is run to, checked, and applied. */
#include "replay/replayer.h"

#include "replay/events.h"
#include "replay/machine_check.h"
#include "tracee/nested.h"
#include "util/exhaustion.h"
#include "util/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum replayer_result apply(struct replayer *p)
{
	struct ptask *pt = ptask_find(p, p->ev.tid);
	enum replayer_result v;
	uint64_t sum;

	if (!pt && p->ev.num == 1 && p->ev.kind == EV_SYSCALL && (p->ev.flags & EVF_EXEC))
		pt = ptask_start(p);
	if (!pt)
		return p->report.why ? REPLAYER_FAILED
				     : replayer_diverged(p, NULL, "its task is not there");
	if (pt->state == PTASK_STUB && !(p->ev.flags & EVF_EXEC))
		return replayer_diverged(p, NULL, "the first event is not an execve");
	if (p->o->memory_every && p->ev.num >= p->next_memory && pt->state != PTASK_STUB) {
		p->next_memory = p->ev.num + p->o->memory_every;
		if (!replayer_memory_sum(p, pt, &sum) && p->o->checksum &&
		    p->o->checksum(p->o->ctx, &p->ev, sum))
			return replayer_diverged(p, NULL, "memory differs between two replays");
	}
	if (p->event != EVENT_REACHED) {
		if ((v = replayer_reach_event(p, pt)))
			return v;
		p->event = EVENT_REACHED;
		if (p->hooks && p->hooks->at_event(p->hooks, p, pt))
			return REPLAYER_PAUSED;
	}
	bool ends = p->ev.kind == EV_EXIT;
	v = replayer_apply_event(p, pt);
	if (!ends)
		pt->since = p->ev.time_ns;
	return v;
}

enum replayer_result replayer_load(struct replayer *p)
{
	if (p->event != EVENT_NONE)
		return REPLAYER_OK;
	int r = trace_next(p->r, &p->ev);
	if (r < 0)
		return replayer_fail(p, "%s", trace_reader_error(p->r));
	p->event = r ? EVENT_LOADED : EVENT_NONE;
	return r ? REPLAYER_OK : REPLAYER_OVER;
}

enum replayer_result replayer_next(struct replayer *p)
{
	enum replayer_result v = replayer_load(p);

	if (v || (v = apply(p)))
		return v;
	p->event = EVENT_NONE;
	p->stats->events++;
	p->recent[p->nrecent++ % RECENT] = p->ev;
	return REPLAYER_OK;
}

/* The hardware counter must count the same event as in the recording. */
static enum replayer_result start_hpc(struct replayer *p, const char *name)
{
	const struct trace_meta *m = trace_reader_meta(p->r);
	const char *why = hpc_choose(m->cpu, &p->hpc);

	if (why)
		return replayer_fail(
			p,
			"%s: was recorded with a hardware counter (%s), and there is none to replay it with: %s",
			trace_reader_dir(p->r), name, why);
	if (strcmp(p->hpc.name, name) != 0)
		return replayer_fail(
			p, "%s: was recorded with a hardware counter of another kind (%s, here %s)",
			trace_reader_dir(p->r), name, p->hpc.name);
	p->by = &replayer_by_hpc;
	p->skid_max = p->hpc.skid;
	return REPLAYER_OK;
}

static enum replayer_result start_step(struct replayer *p)
{
	const char *skid = getenv("RR_STEP_SKID"); /* for tests */

	p->by = &replayer_by_step;
	p->skid_max = STEP_SKID_MAX;
	p->step_skid = skid ? strtoull(skid, NULL, 10) % (STEP_SKID_MAX + 1) : 0;
	return REPLAYER_OK;
}

/* The counter must be of the same kind as in the recording. */
static enum replayer_result start_counter(struct replayer *p)
{
	const char *counter = trace_reader_meta(p->r)->counter;

	if (!counter || !strcmp(counter, "none"))
		return REPLAYER_OK;
	if (!strcmp(counter, "step"))
		return start_step(p);
	if (!strncmp(counter, HPC_PREFIX, strlen(HPC_PREFIX)))
		return start_hpc(p, counter + strlen(HPC_PREFIX));
	if (strcmp(counter, "soft") != 0)
		return replayer_fail(p,
				     "%s: was recorded with the counter '%s', which is not there",
				     trace_reader_dir(p->r), counter);
	if (soft_open(&p->soft))
		return replayer_fail(p, "counter page: %s", strerror(errno));
	p->rp.counter_fd = p->soft.fd;
	return REPLAYER_OK;
}

static bool object_mapped(struct replaying *rp, uint64_t object)
{
	struct ptask *pt;

	SLIST_FOREACH(pt, &((struct replayer *)rp)->tasks, link)
		if (kernel_mm_maps_object(pt->t.mm, object))
			return true;
	return false;
}

static struct task *task_find(struct replaying *rp, pid_t id)
{
	struct ptask *pt = ptask_find((struct replayer *)rp, id);

	return pt ? &pt->t : NULL;
}

enum replayer_result replayer_open(struct replayer *p)
{
	memset(p->stats, 0, sizeof(*p->stats));
	p->stub_fd = -1;
	kernel_replaying_begin(&p->rp);
	p->rp.self = getpid();
	p->rp.mapped = object_mapped;
	p->rp.find = task_find;
	exhaustion_raise_file_limit(); /* each shared mapping has its own memory file */
	p->soft.fd = p->rp.counter_fd = -1;
	p->r = p->rp.r = trace_open(p->o->trace, false);
	if (!p->r)
		return replayer_fail(p, "%s", trace_strerror());
	p->stats->complete = trace_reader_complete(p->r);
	char *misfit = replayer_machine_misfit(trace_reader_meta(p->r));
	enum replayer_result v;
	if (p->o->uuid && strcmp(p->o->uuid, trace_reader_uuid(p->r)) != 0)
		v = replayer_fail(p, "%s: has become another trace meanwhile",
				  trace_reader_dir(p->r));
	else if (nested_in_recording())
		v = replayer_fail(p, "%s: cannot be replayed inside a recording",
				  trace_reader_dir(p->r));
	else
		v = misfit ? replayer_fail(p, "%s: %s", trace_reader_dir(p->r), misfit)
			   : start_counter(p);
	free(misfit);
	replayer_watchdog_start(p);
	return v;
}

void replayer_close(struct replayer *p)
{
	if (p->r)
		replayer_watchdog_stop(p);
	while (!SLIST_EMPTY(&p->tasks))
		ptask_end(p, SLIST_FIRST(&p->tasks));
	kernel_replaying_free(&p->rp);
	soft_close(&p->soft);
	if (p->stub_fd >= 0)
		close(p->stub_fd);
	trace_reader_close(p->r);
	replay_report_free(&p->report);
}
