/* Fills the report of a replay that ended before its time. */
#include "replay/replayer.h"
#include "tracee/procfs.h"
#include "util/alloc.h"
#include "util/exhaustion.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char *one_line(const char *fmt, va_list ap)
{
	char text[8192];

	vsnprintf(text, sizeof(text), fmt, ap);
	text_make_plain(text);
	return xstrdup(text);
}

enum replayer_result replayer_fail(struct replayer *p, const char *fmt, ...)
{
	va_list ap;

	if (p->report.why)
		return REPLAYER_FAILED;
	va_start(ap, fmt);
	p->report.why = one_line(fmt, ap);
	va_end(ap);
	p->report.verdict = REPLAY_NO_TRACE;
	return REPLAYER_FAILED;
}

static struct replay_place find_place(struct ptask *pt, uint64_t addr)
{
	struct replay_place place = {.addr = addr};
	struct maps_line l;
	struct maps_file *f = maps_open(pt->t.tid);

	while (f && !place.file && maps_next(f, &l))
		if (l.start <= addr && addr < l.end) {
			place.offset = addr - l.start + l.offset;
			place.file = xstrdup(l.path[0] ? l.path : "anonymous memory");
		}
	maps_close(f);
	return place;
}

static void add_registers(struct replay_report *r, const struct trace_regs *recorded,
			  const struct trace_regs *replayed)
{
	r->registers = xcalloc(TRACE_NREGS, sizeof(*r->registers));
	for (int i = 0; i < TRACE_NREGS; i++)
		if (recorded->r[i] != replayed->r[i] && i != ARCH_REG_SYSNO)
			r->registers[r->nregisters++] = (struct replay_register){
				arch_reg_names[i], recorded->r[i], replayed->r[i]};
}

static void add_last_events(struct replayer *p)
{
	struct replay_report *r = &p->report;

	r->last_events = xcalloc(RECENT, sizeof(*r->last_events));
	for (size_t i = 0; i < RECENT; i++) {
		const struct trace_event *ev = &p->recent[(p->nrecent + i) % RECENT];
		if (ev->num)
			r->last_events[r->nlast_events++] = *ev;
	}
}

enum replayer_result replayer_diverged(struct replayer *p, struct ptask *pt, const char *fmt, ...)
{
	struct replay_report *r = &p->report;
	va_list ap;

	if (r->why)
		return REPLAYER_DIVERGED;
	if (exhaustion_text()) /* this process lacked something; the trace is not at fault */
		return replayer_fail(p, "%s", exhaustion_text());
	va_start(ap, fmt);
	r->why = one_line(fmt, ap);
	va_end(ap);
	r->verdict = REPLAY_DIVERGED;
	r->event = p->ev.num;
	r->task = p->ev.tid;
	if (pt) {
		add_registers(r, &p->ev.regs, &pt->t.regs);
		r->replayed_at = find_place(pt, ARCH_PC(&pt->t.regs));
		if (ARCH_PC(&pt->t.regs) != ARCH_PC(&p->ev.regs))
			r->recorded_at = find_place(pt, ARCH_PC(&p->ev.regs));
	}
	add_last_events(p);
	return REPLAYER_DIVERGED;
}

void replay_report_free(struct replay_report *r)
{
	free(r->why);
	free(r->note);
	free(r->registers);
	free(r->replayed_at.file);
	free(r->recorded_at.file);
	free(r->last_events);
	*r = (struct replay_report){0};
}
