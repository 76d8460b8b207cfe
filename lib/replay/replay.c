/* The replayer's loop: each event is run to, checked, and applied. */
#include "replay/machine_check.h"
#include "replay/replayer.h"
#include "tracee/keep.h"
#include "util/host.h"
#include "util/lack.h"
#include "util/util.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int to_stdio(void *ctx, const struct trace_event *ev, int stream, const void *bytes,
		    size_t n)
{
	(void)ctx;
	(void)ev;
	return write_all(stream, bytes, n);
}

struct sink {
	struct replayer *p;
	int stream;
};

static int sink_put(void *ctx, const void *bytes, size_t n)
{
	struct sink *s = ctx;
	const struct replay_options *o = s->p->o;

	return (o->output ? o->output : to_stdio)(o->ctx, &s->p->ev, s->stream, bytes, n);
}

/* Which of our streams gets what this call wrote; 0: none. */
static int stream_of(const struct replayer *p)
{
	const struct trace_event *ev = &p->ev;
	const struct sys_desc *d = systab_get(ev->sysno);

	if (p->o->write_fd >= 0)
		return d && d->handler == SYSH_write && ev->result > 0 &&
				       (int)arch_arg(&ev->regs, 0) == p->o->write_fd
			       ? p->o->write_fd
			       : 0;
	if (p->o->quiet)
		return 0;
	return ev->flags & EVF_STDOUT ? 1 : ev->flags & EVF_STDERR ? 2 : 0;
}

static enum replay_verdict output(struct replayer *p, struct ptask *pt)
{
	struct sink s = {p, stream_of(p)};

	if ((s.stream || p->o->write_fd == 0) && kernel_output(&pt->t, &p->ev, sink_put, &s))
		return replayer_fail(p, "output: %s", strerror(errno));
	return REPLAY_EXACT;
}

static enum replay_verdict apply_data(struct replayer *p, struct ptask *pt)
{
	struct trace_data d;
	int r = 0;

	for (uint32_t i = 0; i < p->ev.ndata && (r = trace_next_data(p->r, &d)) == 1; i++) {
		if (d.kind == DATA_IN || d.kind == DATA_SIGINFO)
			continue;
		if (d.kind == DATA_PAYLOAD) {
			struct sink s = {p, stream_of(p)};
			if (s.stream && sink_put(&s, d.bytes, d.len))
				return replayer_fail(p, "output: %s", strerror(errno));
			continue;
		}
		struct ptask *owner = d.tid && d.tid != pt->id ? ptask_find(p, d.tid) : pt;
		if (!owner)
			return replayer_diverged(p, NULL, "bytes for task %d, which is not there",
						 d.tid);
		if (kernel_replay_data(&p->rp, &owner->t, &d))
			return replayer_diverged(p, NULL, "%s", p->rp.error);
	}
	return r < 0 ? replayer_fail(p, "%s", trace_reader_error(p->r)) : REPLAY_EXACT;
}

static bool only_result_differs(const struct trace_regs *a, const struct trace_regs *b)
{
	for (int i = 0; i < TRACE_NREGS; i++)
		if (a->r[i] != b->r[i] && i != ARCH_REG_RESULT && i != ARCH_REG_SYSNO)
			return false;
	return true;
}

/* The task goes on from the event's `after`. */
static enum replay_verdict go_on(struct replayer *p, struct ptask *pt)
{
	bool simple = p->ev.kind == EV_SYSCALL && pt->in_call && !pt->t.away &&
		      only_result_differs(&pt->t.regs, &p->ev.after);

	pt->t.regs = p->ev.after;
	ARCH_SYSNO(&pt->t.regs) = (uint64_t)-1;
	pt->in_call = false;
	if (simple ? task_set_result(&pt->t) : ptask_set_regs(pt))
		return replayer_fail(p, "event %lu: registers cannot be set: %s",
				     (unsigned long)p->ev.num, strerror(errno));
	return REPLAY_EXACT;
}

static enum replay_verdict on_exec(struct replayer *p, struct ptask *pt)
{
	enum replay_verdict v;

	if (ptask_restart(p, pt))
		return replayer_fail(p, "event %lu: the stub cannot be executed",
				     (unsigned long)p->ev.num);
	if (p->ev.other)
		pt->id = p->ev.other;
	if (kernel_replay_exec(&p->rp, &pt->t))
		return replayer_fail(p, "event %lu: %s", (unsigned long)p->ev.num, p->rp.error);
	pt->t.mm->stack = ARCH_SP(&p->ev.after);
	pt->t.debugged = false;
	if ((v = apply_data(p, pt)))
		return v;
	return go_on(p, pt);
}

static enum replay_verdict on_syscall(struct replayer *p, struct ptask *pt)
{
	enum replay_verdict v;

	p->stats->calls++;
	if (p->ev.sysno < ARRAY_LEN(p->stats->calls_by_number))
		p->stats->calls_by_number[p->ev.sysno]++;
	if ((v = output(p, pt)))
		return v;
	if (kernel_replay(&p->rp, &pt->t, &p->ev))
		return replayer_fail(p, "event %lu: %s", (unsigned long)p->ev.num, p->rp.error);
	if (p->ev.ndata && (v = apply_data(p, pt)))
		return v;
	return go_on(p, pt);
}

static enum replay_verdict on_clone(struct replayer *p, struct ptask *pt)
{
	enum replay_verdict v;

	if (ptask_find(p, p->ev.other))
		return replayer_diverged(p, NULL, "task %d is made twice", p->ev.other);
	struct ptask *child = ptask_clone(p, pt, p->ev.other, p->ev.flags & EVF_THREAD);
	if (!child)
		return replayer_fail(p, "event %lu: a task cannot be made: %s",
				     (unsigned long)p->ev.num, strerror(errno));
	child->pid = p->ev.flags & EVF_GROUP ? pt->pid : p->ev.other;
	if ((v = apply_data(p, pt)))
		return v;
	child->since = p->ev.time_ns;
	return go_on(p, child);
}

static enum replay_verdict on_signal(struct replayer *p, struct ptask *pt)
{
	enum replay_verdict v;

	p->stats->signals++;
	/* nothing of the program's is changed; its end, if it is that, comes by itself */
	if (p->ev.flags & EVF_INEXACT)
		return REPLAY_EXACT;
	v = apply_data(p, pt);
	return v ? v : go_on(p, pt);
}

static enum replay_verdict on_halt(struct replayer *p, struct ptask *pt)
{
	enum replay_verdict v = apply_data(p, pt);

	return v ? v : go_on(p, pt);
}

static int memory_sum(struct replayer *p, struct ptask *pt, uint64_t *sum)
{
	size_t n = 0;

	for (struct ptask *x = p->tasks; x; x = x->next)
		n++;
	uint64_t *sps = xcalloc(n, sizeof(*sps));
	n = 0;
	for (struct ptask *x = p->tasks; x; x = x->next)
		if (x->t.mm == pt->t.mm)
			sps[n++] = ARCH_SP(&x->t.regs);
	int e = task_checksum(&pt->t, sps, n, sum);
	free(sps);
	return e;
}

static enum replay_verdict on_checksum(struct replayer *p, struct ptask *pt)
{
	uint64_t sum;

	p->stats->checksums++;
	if (memory_sum(p, pt, &sum))
		return replayer_fail(p, "memory cannot be read");
	if (sum != (uint64_t)p->ev.result)
		return replayer_diverged(
			p, NULL, "memory differs (checksum recorded %016lx, replayed %016lx)",
			(unsigned long)p->ev.result, (unsigned long)sum);
	return REPLAY_EXACT;
}

/* Runs the task to where its event is. */
static enum replay_verdict reach(struct replayer *p, struct ptask *pt)
{
	const struct trace_event *ev = &p->ev;

	switch (ev->kind) {
	case EV_SYSCALL:
		if (ev->flags & EVF_EXEC && !pt->started)
			return REPLAY_EXACT;
		/* fall through */
	case EV_ENTER:
	case EV_CLONE: return pt->in_call ? REPLAY_EXACT : replayer_run_to_call(p, pt);
	case EV_SIGNAL:
	case EV_HALT:
		if (ev->flags & EVF_INEXACT)
			return REPLAY_EXACT;
		if (ev->flags & EVF_SYNC)
			return replayer_run_to_signal(p, pt, (int)ev->result);
		if (ev->flags & EVF_STEP)
			return replayer_run_to_insn(p, pt);
		if (ev->flags & EVF_AT_CALL)
			return pt->in_call ? REPLAY_EXACT : replayer_run_to_call(p, pt);
		return replayer_run_to_tick(p, pt);
	case EV_INSN: return replayer_run_to_nondet(p, pt);
	case EV_SWITCH: return replayer_run_to_tick(p, pt);
	default: return REPLAY_EXACT;
	}
}

/* Does what the event says to the task that has come to it. */
static enum replay_verdict act(struct replayer *p, struct ptask *pt)
{
	enum replay_verdict v;

	switch (p->ev.kind) {
	case EV_SYSCALL: return p->ev.flags & EVF_EXEC ? on_exec(p, pt) : on_syscall(p, pt);
	case EV_ENTER: return p->ev.ndata ? apply_data(p, pt) : REPLAY_EXACT;
	case EV_CLONE: return on_clone(p, pt);
	case EV_SIGNAL: return on_signal(p, pt);
	case EV_INSN: return go_on(p, pt);
	case EV_SWITCH: return REPLAY_EXACT;
	case EV_HALT: return on_halt(p, pt);
	case EV_CHECKSUM: return on_checksum(p, pt);
	case EV_EXIT:
		v = apply_data(p, pt);
		ptask_end(p, pt);
		return v;
	default: return replayer_fail(p, "event %lu: of an unknown kind", (unsigned long)p->ev.num);
	}
}

static enum replay_verdict apply(struct replayer *p)
{
	struct ptask *pt = ptask_find(p, p->ev.tid);
	enum replay_verdict v;
	uint64_t sum;

	if (!pt && p->ev.num == 1 && p->ev.kind == EV_SYSCALL && (p->ev.flags & EVF_EXEC))
		pt = ptask_start(p);
	if (!pt)
		return p->said ? REPLAY_NO_TRACE
			       : replayer_diverged(p, NULL, "its task is not there");
	if (!pt->started && !(p->ev.flags & EVF_EXEC))
		return replayer_diverged(p, NULL, "the first event is not an execve");
	if (p->o->memory_every && p->ev.num >= p->next_memory && pt->started) {
		p->next_memory = p->ev.num + p->o->memory_every;
		if (!memory_sum(p, pt, &sum) && p->o->checksum &&
		    p->o->checksum(p->o->ctx, &p->ev, sum))
			return replayer_diverged(p, NULL, "memory differs between two replays");
	}
	if (!p->reached) {
		if ((v = reach(p, pt)))
			return v;
		p->reached = true;
		if (p->hooks && p->hooks->at_event(p->hooks, p, pt))
			return REPLAY_PAUSED;
	}
	bool ends = p->ev.kind == EV_EXIT;
	v = act(p, pt);
	if (!ends)
		pt->since = p->ev.time_ns;
	return v;
}

enum replay_verdict replayer_load(struct replayer *p)
{
	if (p->loaded)
		return REPLAY_EXACT;
	int r = trace_next(p->r, &p->ev);
	if (r < 0)
		return replayer_fail(p, "%s", trace_reader_error(p->r));
	p->loaded = r;
	p->reached = false;
	return r ? REPLAY_EXACT : REPLAY_OVER;
}

enum replay_verdict replayer_next(struct replayer *p)
{
	enum replay_verdict v = replayer_load(p);

	if (v || (v = apply(p)))
		return v;
	p->loaded = false;
	p->stats->events++;
	p->recent[p->nrecent++ % RECENT] = p->ev;
	return REPLAY_EXACT;
}

/* Events as rr-dump would print them, from a reader of their own. */
struct shower {
	struct trace_reader *r;
	struct print_records recs;
	struct print_inputs inputs;
};

static void show(struct shower *s)
{
	struct print_style style = {0};
	struct trace_event ev;

	if (trace_next(s->r, &ev) != 1 || print_records_load(&s->recs, s->r, TRACE_DATA_MAX))
		return;
	print_inputs_join(&s->inputs, &ev, &s->recs);
	print_event(stderr, &ev, &s->recs, &style);
}

/* The event that the recording's hardware counter counted, and where, is needed again. */
static enum replay_verdict start_hpc(struct replayer *p, const char *name)
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
	return REPLAY_EXACT;
}

static enum replay_verdict start_step(struct replayer *p)
{
	const char *skid = getenv("RR_STEP_SKID"); /* for tests */

	p->by = &replayer_by_step;
	p->skid_max = STEP_SKID_MAX;
	p->step_skid = skid ? strtoull(skid, NULL, 10) % (STEP_SKID_MAX + 1) : 0;
	return REPLAY_EXACT;
}

/* What the recording counted with is needed again. */
static enum replay_verdict start_counter(struct replayer *p)
{
	const char *counter = trace_reader_meta(p->r)->counter;

	if (!counter || !strcmp(counter, "none"))
		return REPLAY_EXACT;
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
	return REPLAY_EXACT;
}

static bool object_mapped(struct replaying *rp, uint64_t object)
{
	for (struct ptask *pt = ((struct replayer *)rp)->tasks; pt; pt = pt->next)
		if (mm_maps_object(pt->t.mm, object))
			return true;
	return false;
}

enum replay_verdict replayer_open(struct replayer *p)
{
	memset(p->stats, 0, sizeof(*p->stats));
	p->stub_fd = -1;
	kernel_replaying_begin(&p->rp);
	p->rp.self = getpid();
	p->rp.mapped = object_mapped;
	files_more(); /* for memory that is shared: each has its file */
	p->soft.fd = p->rp.counter_fd = -1;
	p->r = p->rp.r = trace_open(p->o->trace, false);
	if (!p->r)
		return replayer_fail(p, "%s", trace_strerror());
	p->stats->complete = trace_reader_complete(p->r);
	char *misfit = replayer_machine_misfit(trace_reader_meta(p->r));
	enum replay_verdict v;
	if (p->o->uuid && strcmp(p->o->uuid, trace_reader_uuid(p->r)) != 0)
		v = replayer_fail(p, "%s: has become another trace meanwhile",
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
	while (p->tasks)
		ptask_end(p, p->tasks);
	kernel_replaying_free(&p->rp);
	soft_close(&p->soft);
	if (p->stub_fd >= 0)
		close(p->stub_fd);
	trace_reader_close(p->r);
}

/* With the registers of the report, not those of a trampoline. A call that a task stands at was
 * ours to make or not, and is not made. Only ptask_end() is left for the tasks. */
static void keep(struct replayer *p)
{
	const struct ptask *first = ptask_find(p, p->ev.tid);
	size_t n = 0, i = first ? 1 : 0;

	for (struct ptask *pt = p->tasks; pt; pt = pt->next)
		n++;
	struct kept_task *v = xcalloc(n + 1, sizeof(*v));
	for (struct ptask *pt = p->tasks; pt; pt = pt->next) {
		task_set_regs(&pt->t);
		v[pt == first ? 0 : i++] = (struct kept_task){
			pt->t.tid, pt->t.tid,
			xasprintf(pt == first ? "task %d, which has diverged" : "task %d", pt->id)};
	}
	keep_tasks(v, n);
	for (i = 0; i < n; i++)
		free((char *)v[i].what);
	free(v);
}

enum replay_verdict replay_run(const struct replay_options *o, struct replay_stats *stats)
{
	struct replayer p = {.o = o, .stats = stats};
	struct shower s = {0};
	uint64_t start = now_ns();
	enum replay_verdict v = replayer_open(&p);

	if (!v && o->show_events && !(s.r = trace_open(o->trace, false)))
		v = replayer_fail(&p, "%s", trace_strerror());
	while (!v && !(v = replayer_next(&p))) {
		if (s.r)
			show(&s);
		if (p.ev.num == o->until)
			break;
	}
	if (v == REPLAY_OVER)
		v = lack_text() ? replayer_fail(&p, "%s", lack_text()) : REPLAY_EXACT;
	if (v == REPLAY_DIVERGED && o->keep)
		keep(&p);
	if (!v && !stats->complete && !(o->until && p.ev.num == o->until)) {
		if (!stats->events)
			v = replayer_fail(
				&p,
				"%s: the recording was cut short before its first event was saved",
				trace_reader_dir(p.r));
		else if (!o->again)
			replayer_fail(
				&p,
				"%s: the recording was cut short: replayed up to event %lu, the last that is whole",
				trace_reader_dir(p.r), (unsigned long)stats->events);
	}
	replayer_close(&p);
	if (s.r) {
		print_records_free(&s.recs);
		print_inputs_free(&s.inputs);
		trace_reader_close(s.r);
	}
	stats->seconds = (double)(now_ns() - start) / 1e9;
	return v;
}

static int to_file(void *ctx, const struct trace_event *ev, int stream, const void *bytes, size_t n)
{
	(void)ev;
	(void)stream;
	return fwrite(bytes, 1, n, ctx) == n ? 0 : -1;
}

int replay_write_fd(const char *trace, int fd, FILE *out)
{
	struct replay_options o = {.trace = trace, .write_fd = fd, .output = to_file, .ctx = out};
	struct replay_stats stats;

	return (int)replay_run(&o, &stats);
}
