/* Exact points of a task, and the stops of counted code. */
#include "record/ticks.h"

#include "instrument/image.h"
#include "record/chaos.h"
#include "record/recorder.h"
#include "tracee/procfs.h"
#include "tracee/reserved.h"
#include "util/clock.h"
#include "util/exhaustion.h"
#include "util/text.h"

#include <assert.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>

bool rtask_at_point(const struct rtask *rt)
{
	const struct code_places *code = code_of(rt->t.mm);
	struct trace_regs g = rt->t.regs;

	if (code_at_insn(code, ARCH_PC(&g))) /* the same place, in a trampoline */
		ARCH_PC(&g) = code_origin(code, ARCH_PC(&g));
	return rt->count.ticks == rt->point.ticks &&
	       arch_regs_differ(&g, &rt->point.regs, false) < 0;
}

int rtask_set_pc(struct rtask *rt, uint64_t pc)
{
	struct task *t = &rt->t;
	uint64_t entry = kernel_mm_counted(t->mm) ? code_entry(code_of(t->mm), pc) : pc;

	ARCH_PC(&t->regs) = entry;
	int e = task_set_regs(t);
	ARCH_PC(&t->regs) = pc;
	return e;
}

void rtask_set_origin(struct rtask *rt, bool trapped)
{
	struct task *t = &rt->t;
	const struct code_places *code = code_of(t->mm);
	uint64_t at = ARCH_PC(&t->regs);
	uint64_t pc = at == AGENT_CLOCK ? rt->fault_pc
		      : trapped         ? code_origin_broken(code, at)
					: code_origin(code, at);

	if (pc == ARCH_PC(&t->regs))
		return;
	ARCH_PC(&t->regs) = pc;
	task_gone_ok(task_set_regs(t));
}

void tick_stop_at_edge(struct rtask *rt)
{
	if (!kernel_mm_counted(rt->t.mm) || rt->edge_asked_ns)
		return;
	code_arm_next(&rt->t, &rt->count);
	if (rt->count.ticks < rt->cooldown_until && rt->count.page.left)
		soft_arm(&rt->count, rt->cooldown_until - rt->count.ticks);
	rt->edge_asked_ns = clock_now_ns();
}

void tick_stop_if_pending(struct rtask *rt)
{
	if (task_first_pending(&rt->t) && !rt->inject)
		tick_stop_at_edge(rt);
}

/* The task is past a counted edge: an exact point. */
static void at_edge(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	struct pending_signal *s = task_first_pending(t);

	t->skips = true;
	soft_arm(&rt->count, r->chaos && r->live > 1 ? chaos_ticks(r, rt) : SOFT_FAR);
	rt->edge_asked_ns = 0;
	rtask_stop_at_point(rt, POINT_TICK);
	rtask_set_pc(rt, ARCH_PC(&t->regs));
	if (s && rtask_leave_entry(r, rt)) {
		s->sent = true;
		rt->inject = s->info.si_signo;
	}
}

void tick_emulate_insn(struct recorder *r, struct rtask *rt, const struct arch_nondet *c)
{
	struct task *t = &rt->t;
	struct trace_event ev = {.kind = EV_INSN, .regs = t->regs, .sysno = (uint16_t)c->kind};

	ev.result = (int64_t)arch_nondet_emulate(&t->regs, c, &r->o->features);
	ev.after = t->regs;
	rtask_put_event(r, rt, &ev);
	rtask_set_point(rt, POINT_EVENT);
	rtask_set_pc(rt, ARCH_PC(&t->regs));
}

/* The task is before a nondeterministic instruction. */
static void at_nondet(struct recorder *r, struct rtask *rt, const struct code_site *s)
{
	struct task *t = &rt->t;
	struct arch_nondet c = {s->kind - CODE_NONDET, s->len, s->reg, s->size};

	t->skips = true;
	if (task_clock_faults(t, &c)) {
		rt->fault_pc = ARCH_PC(&t->regs);
		ARCH_PC(&t->regs) = AGENT_CLOCK;
		task_gone_ok(task_set_regs(t));
		return;
	}
	tick_emulate_insn(r, rt, &c);
	rtask_set_state(rt, RTASK_AT_POINT);
}

enum step_result tick_step(struct recorder *r, struct rtask *rt, int sig)
{
	struct arch_nondet c;

	if (task_get_regs(&rt->t))
		return STEP_GONE;
	uint64_t edge;
	int status;
	enum step_result s = step_once(&rt->t, PTRACE_SINGLESTEP, sig, &edge, &c, &status);
	if (edge && code_counts(code_of(rt->t.mm), edge))
		rt->count.ticks++;
	switch (s) {
	case STEP_DONE: rtask_stop_at_point(rt, POINT_TICK); break;
	case STEP_NONDET:
		tick_emulate_insn(r, rt, &c);
		rtask_set_state(rt, RTASK_AT_POINT);
		break;
	case STEP_STOPPED:
		rtask_set_stop(r, rt, status);
		if (wait_is_stop(status) && !task_get_regs(&rt->t))
			rtask_set_point(rt, sig ? POINT_EVENT : POINT_TICK);
		break;
	default: break;
	}
	return s;
}

static void counter_lost(struct recorder *r)
{
	exhaustion_note("the hardware counter of a task");
	kernel_recording_sound(&r->rec);
}

void tick_open(struct recorder *r, struct rtask *rt)
{
	if (r->counter == RECORD_HPC && hpc_open(&rt->hpc, &r->hpc, rt->t.tid))
		counter_lost(r);
}

void tick_read(struct recorder *r, struct rtask *rt, bool at_call)
{
	if (!rt->hpc.open || rtask_in_call(rt))
		return;
	if (hpc_read(&rt->hpc, &rt->count.ticks)) {
		counter_lost(r);
		return;
	}
	if (at_call || task_get_regs(&rt->t) || rtask_at_point(rt))
		return;
	rtask_set_point(rt, POINT_TICK);
}

bool tick_stop(struct recorder *r, struct rtask *rt)
{
	const struct counter_page *page = &rt->count.page;
	const uint64_t saved[COUNTER_SAVED] = {page->saved[0], page->saved[1], page->saved[2]};
	const struct code_site *site;

	if (!kernel_mm_counted(rt->t.mm) ||
	    !code_at_stop(code_of(rt->t.mm), &rt->t.regs, saved, task_read_ctx, &rt->t, &site))
		return false;
	if (site->kind >= CODE_NONDET)
		at_nondet(r, rt, site);
	else
		at_edge(r, rt);
	return true;
}

void tick_put_switch(struct recorder *r, struct rtask *rt)
{
	struct trace_event ev = {
		.kind = EV_SWITCH, .regs = rt->point.regs, .after = rt->point.regs};

	rtask_put_event(r, rt, &ev);
	rt->point.kind = POINT_EVENT;
}

bool tick_settle(struct recorder *r, struct rtask *rt)
{
	struct task *t = &rt->t;
	const struct code_places *code = code_of(t->mm);

	if (r->counter == RECORD_HPC)
		return true;
	if (kernel_mm_counted(t->mm)) {
		if (!code_settle(code, &t->regs, &rt->count, task_read_ctx, t))
			return false;
		if (!rt->count.page.left) { /* the stop at an edge will not come */
			soft_arm(&rt->count, SOFT_FAR);
			rt->edge_asked_ns = 0;
		}
	}
	return code_is_counted(code, ARCH_PC(&t->regs));
}

void tick_put_position(struct recorder *r, struct rtask *rt, bool exact)
{
	struct trace_event ev = {.kind = EV_SWITCH,
				 .flags = exact ? EVF_INSN : EVF_INEXACT,
				 .regs = rt->t.regs,
				 .after = rt->t.regs};

	if (exact && rtask_at_point(rt) && rt->point.kind != POINT_CALL) {
		if (rt->point.kind == POINT_TICK)
			tick_put_switch(r, rt);
		return;
	}
	ARCH_SYSNO(&ev.regs) = ARCH_SYSNO(&ev.after) = (uint64_t)-1;
	if (!exact)
		kernel_put_visible(&r->rec, &rt->t);
	rtask_put_event(r, rt, &ev);
	rtask_set_point(rt, POINT_EVENT);
}

void tick_stop_here(struct recorder *r, struct rtask *rt)
{
	tick_put_position(r, rt, true);
	rtask_set_state(rt, RTASK_AT_POINT);
	rtask_set_pc(rt, ARCH_PC(&rt->t.regs));
}

void tick_warn_uncounted(struct recorder *r, struct rtask *rt)
{
	struct maps_line l;
	struct maps_file *f;
	char what[4352] = "code";

	if (task_get_regs(&rt->t) || !(f = maps_open(rt->t.tid)))
		return;
	uint64_t pc = ARCH_PC(&rt->t.regs);
	while (maps_next(f, &l))
		if (l.start <= pc && pc < l.end)
			snprintf(what, sizeof(what), "code in %s",
				 l.path[0] ? l.path : "memory that the program made itself");
	maps_close(f);
	text_make_plain(what);
	r->rec.warn(
		&r->rec, what,
		"runs long without a counted edge: it is interrupted at its next call or counted edge");
}
