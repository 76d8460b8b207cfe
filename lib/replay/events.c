/* What each kind of event does in a replay: how its task comes to it, and how it is applied. */
#include "replay/events.h"

#include "tracee/address_space.h"
#include "util/alloc.h"
#include "util/size.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sink {
	struct replayer *p;
	int stream;
};
static int sink_put(void *ctx, const void *bytes, size_t n)
{
	struct sink *s = ctx;
	const struct replay_options *o = s->p->o;

	return o->output(o->ctx, &s->p->ev, s->stream, bytes, n);
}

/* The stream that what this call wrote goes to; 0: none. */
static int stream_of(const struct replayer *p)
{
	const struct trace_event *ev = &p->ev;
	const struct sys_desc *d = systab_get(ev->sysno);

	if (!p->o->output)
		return 0;
	if (p->o->write_fd >= 0)
		return d && d->handler == SYSH_write && ev->result > 0 &&
				       (int)arch_arg(&ev->regs, 0) == p->o->write_fd
			       ? p->o->write_fd
			       : 0;
	return ev->flags & EVF_STDOUT ? 1 : ev->flags & EVF_STDERR ? 2 : 0;
}

static enum replayer_result output(struct replayer *p, struct ptask *pt)
{
	struct sink s = {p, stream_of(p)};

	if ((s.stream || (p->o->output && p->o->write_fd == 0)) &&
	    kernel_output(&pt->t, &p->ev, sink_put, &s))
		return replayer_fail(p, "output: %s", strerror(errno));
	return REPLAYER_OK;
}

static enum replayer_result apply_data(struct replayer *p, struct ptask *pt)
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
	return r < 0 ? replayer_fail(p, "%s", trace_reader_error(p->r)) : REPLAYER_OK;
}

static bool only_result_differs(const struct trace_regs *a, const struct trace_regs *b)
{
	for (int i = 0; i < TRACE_NREGS; i++)
		if (a->r[i] != b->r[i] && i != ARCH_REG_RESULT && i != ARCH_REG_SYSNO)
			return false;
	return true;
}

/* Gives the task the registers that it had after the event. */
static enum replayer_result resume_after(struct replayer *p, struct ptask *pt)
{
	bool simple = p->ev.kind == EV_SYSCALL && pt->state == PTASK_AT_CALL && !pt->t.away &&
		      only_result_differs(&pt->t.regs, &p->ev.after);

	pt->t.regs = p->ev.after;
	ARCH_SYSNO(&pt->t.regs) = (uint64_t)-1;
	ptask_set_state(pt, PTASK_RUNNING);
	if (simple ? task_set_result(&pt->t) : ptask_set_regs(pt))
		return replayer_fail(p, "event %lu: registers cannot be set: %s",
				     (unsigned long)p->ev.num, strerror(errno));
	return REPLAYER_OK;
}

static enum replayer_result apply_exec(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v;

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
	return resume_after(p, pt);
}

/* A change of a file is a change of mappings of other tasks too, made by calls in their name. */
static enum replayer_result restore_others(struct replayer *p, struct ptask *of)
{
	struct ptask *pt;

	SLIST_FOREACH(pt, &p->tasks, link)
		if (pt != of && pt->t.away && ptask_restore(pt))
			return replayer_fail(p, "event %lu: a task cannot be restored: %s",
					     (unsigned long)p->ev.num, strerror(errno));
	return REPLAYER_OK;
}

static enum replayer_result apply_syscall(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v;

	if ((v = replayer_check_payload(p, pt)))
		return v;
	if (p->ev.flags & EVF_EXEC)
		return apply_exec(p, pt);
	p->stats->calls++;
	if (p->ev.sysno < ARRAY_LEN(p->stats->calls_by_number))
		p->stats->calls_by_number[p->ev.sysno]++;
	if ((v = output(p, pt)))
		return v;
	if (kernel_replay(&p->rp, &pt->t, &p->ev))
		return replayer_fail(p, "event %lu: %s", (unsigned long)p->ev.num, p->rp.error);
	if (p->ev.nmaps && (v = restore_others(p, pt)))
		return v;
	if (p->ev.ndata && (v = apply_data(p, pt)))
		return v;
	return resume_after(p, pt);
}

static enum replayer_result apply_clone(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v;

	if ((v = replayer_check_payload(p, pt)))
		return v;
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
	return resume_after(p, child);
}

static enum replayer_result apply_signal(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v;

	p->stats->signals++;
	/* the program's state does not change; if the signal ends it, an exit event follows */
	if (p->ev.flags & EVF_INEXACT)
		return REPLAYER_OK;
	v = apply_data(p, pt);
	return v ? v : resume_after(p, pt);
}

static enum replayer_result apply_stop(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v = apply_data(p, pt);

	return v ? v : resume_after(p, pt);
}

int replayer_memory_sum(struct replayer *p, struct ptask *pt, uint64_t *sum)
{
	uint64_t *sps = xcalloc(ptask_count(p), sizeof(*sps));
	const struct ptask *x;
	size_t n = 0;

	SLIST_FOREACH(x, &p->tasks, link)
		if (x->t.mm == pt->t.mm)
			sps[n++] = ARCH_SP(&x->t.regs);
	int e = task_checksum(&pt->t, sps, n, sum);
	free(sps);
	return e;
}

static enum replayer_result apply_checksum(struct replayer *p, struct ptask *pt)
{
	uint64_t sum;

	p->stats->checksums++;
	if (replayer_memory_sum(p, pt, &sum))
		return replayer_fail(p, "memory cannot be read");
	if (sum != (uint64_t)p->ev.result)
		return replayer_diverged(
			p, NULL, "memory differs (checksum recorded %016lx, replayed %016lx)",
			(unsigned long)p->ev.result, (unsigned long)sum);
	return REPLAYER_OK;
}

static enum replayer_result apply_enter(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v = replayer_check_payload(p, pt);

	return !v && p->ev.ndata ? apply_data(p, pt) : v;
}

static enum replayer_result apply_insn(struct replayer *p, struct ptask *pt)
{
	return resume_after(p, pt);
}

/* It has bytes if its position is not exact. */
static enum replayer_result apply_switch(struct replayer *p, struct ptask *pt)
{
	return p->ev.ndata ? apply_data(p, pt) : REPLAYER_OK;
}

static enum replayer_result apply_exit(struct replayer *p, struct ptask *pt)
{
	enum replayer_result v = apply_data(p, pt);

	ptask_end(p, pt);
	return v;
}

static enum replayer_result reach_call(struct replayer *p, struct ptask *pt)
{
	return pt->state == PTASK_AT_CALL ? REPLAYER_OK : replayer_run_to_call(p, pt);
}

static enum replayer_result reach_syscall(struct replayer *p, struct ptask *pt)
{
	/* the stub becomes the first program without running */
	return p->ev.flags & EVF_EXEC && pt->state == PTASK_STUB ? REPLAYER_OK : reach_call(p, pt);
}

static enum replayer_result reach_signal(struct replayer *p, struct ptask *pt)
{
	const struct trace_event *ev = &p->ev;

	if (ev->flags & EVF_INEXACT)
		return REPLAYER_OK;
	if (ev->flags & EVF_SYNC)
		return replayer_run_to_signal(p, pt, (int)ev->result);
	if (ev->flags & EVF_STEP)
		return replayer_run_to_insn(p, pt);
	return ev->flags & EVF_AT_CALL ? reach_call(p, pt) : replayer_run_to_tick(p, pt);
}

static enum replayer_result reach_switch(struct replayer *p, struct ptask *pt)
{
	const unsigned flags = p->ev.flags;

	if (flags & EVF_INEXACT)
		return REPLAYER_OK;
	return flags & EVF_INSN ? replayer_run_to_regs(p, pt) : replayer_run_to_tick(p, pt);
}

static enum replayer_result reach_here(struct replayer *p, struct ptask *pt)
{
	(void)p;
	(void)pt;
	return REPLAYER_OK;
}

#define reach_enter reach_call
#define reach_clone reach_call
#define reach_insn replayer_run_to_nondet
#define reach_exit reach_here
#define reach_checksum reach_here
#define reach_ptrace_stop reach_signal
#define apply_ptrace_stop apply_stop

/* A row for each kind that formats/trace lists: a kind without functions here does not compile. */
#define ROW(name, id) [id] = {reach_##name, apply_##name},
static const struct event_handler {
	enum replayer_result (*reach)(struct replayer *p, struct ptask *pt);
	enum replayer_result (*apply)(struct replayer *p, struct ptask *pt);
} handlers[] = {TRACE_EVENT_KINDS(ROW)};
#undef ROW

static const struct event_handler *handler(const struct replayer *p)
{
	return p->ev.kind < ARRAY_LEN(handlers) && handlers[p->ev.kind].apply
		       ? &handlers[p->ev.kind]
		       : NULL;
}

enum replayer_result replayer_reach_event(struct replayer *p, struct ptask *pt)
{
	const struct event_handler *h = handler(p);

	return h ? h->reach(p, pt) : REPLAYER_OK;
}

enum replayer_result replayer_apply_event(struct replayer *p, struct ptask *pt)
{
	const struct event_handler *h = handler(p);

	return h ? h->apply(p, pt)
		 : replayer_fail(p, "event %lu: of an unknown kind", (unsigned long)p->ev.num);
}
