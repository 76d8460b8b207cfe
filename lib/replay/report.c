/* What is said when a replay is not the recording. */
#include "replay/replayer.h"
#include "util/lack.h"
#include "util/util.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

enum replay_verdict replayer_fail(struct replayer *p, const char *fmt, ...)
{
	va_list ap;
	char text[8192];

	if (p->said)
		return REPLAY_NO_TRACE;
	p->said = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line_plain(text);
	fflush(stdout);
	warnx("%s", text);
	return REPLAY_NO_TRACE;
}

static void where(struct ptask *pt, const char *name, uint64_t addr)
{
	struct maps_line l;
	struct maps_file *f = maps_open(pt->t.tid);

	while (f && maps_next(f, &l))
		if (l.start <= addr && addr < l.end) {
			fprintf(stderr, "  %s 0x%lx is at offset 0x%lx of %s\n", name, addr,
				addr - l.start + l.offset, l.path[0] ? l.path : "anonymous memory");
			break;
		}
	maps_close(f);
}

static void differences(const struct trace_regs *recorded, const struct trace_regs *replayed)
{
	for (int i = 0; i < TRACE_NREGS; i++)
		if (recorded->r[i] != replayed->r[i] && i != ARCH_REG_SYSNO)
			fprintf(stderr, "  %-8s recorded 0x%lx, replayed 0x%lx\n",
				arch_reg_names[i], recorded->r[i], replayed->r[i]);
}

enum replay_verdict replayer_diverged(struct replayer *p, struct ptask *pt, const char *fmt, ...)
{
	va_list ap;
	struct print_style style = {0};

	if (p->said)
		return REPLAY_DIVERGED;
	if (lack_text()) /* no fault of the trace */
		return replayer_fail(p, "%s", lack_text());
	p->said = true;
	fflush(stdout);
	fprintf(stderr,
		"%s: event %lu, task %d: the replay has diverged: ", program_invocation_short_name,
		(unsigned long)p->ev.num, p->ev.tid);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (pt) {
		differences(&p->ev.regs, &pt->t.regs);
		where(pt, "rip", ARCH_PC(&pt->t.regs));
		if (ARCH_PC(&pt->t.regs) != ARCH_PC(&p->ev.regs))
			where(pt, "recorded rip", ARCH_PC(&p->ev.regs));
	}
	fprintf(stderr, "  the last events:\n");
	for (size_t i = 0; i < RECENT; i++) {
		const struct trace_event *ev = &p->recent[(p->nrecent + i) % RECENT];
		struct print_records none = {0};
		if (!ev->num)
			continue;
		fputs("  ", stderr);
		print_event(stderr, ev, &none, &style);
	}
	return REPLAY_DIVERGED;
}
