/* What all of the debugger's files ask of a replay: its tasks, its last event, the last error. */
#include "replay/debugger.h"
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>

int debugger_fail(struct debug *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->error, sizeof(d->error), fmt, ap);
	va_end(ap);
	text_make_plain(d->error);
	return -1;
}

const char *debug_error(const struct debug *d)
{
	return d->error;
}

uint64_t debugger_event(const struct debug *d)
{
	return d->p.event != EVENT_NONE ? d->p.ev.num - 1 : d->p.ev.num;
}

struct ptask *debugger_next_task(struct debug *d)
{
	return replayer_load(&d->p) == REPLAYER_OK ? ptask_find(&d->p, d->p.ev.tid) : NULL;
}

struct ptask *debugger_task(struct debug *d, pid_t tid)
{
	return ptask_find(&d->p, tid);
}

struct ptask *debugger_process(struct debug *d, pid_t pid)
{
	struct ptask *pt;

	SLIST_FOREACH(pt, &d->p.tasks, link)
		if (pt->pid == pid)
			break;
	return pt;
}

pid_t debug_current(const struct debug *d)
{
	struct ptask *pt = debugger_task((struct debug *)d, d->current);

	if (!pt)
		pt = debugger_next_task((struct debug *)d);
	if (!pt)
		pt = SLIST_FIRST(&d->p.tasks);
	return pt ? pt->id : 0;
}

struct ptask *debugger_need_task(struct debug *d, pid_t tid)
{
	struct ptask *pt = debugger_task(d, tid);

	if (!pt)
		debugger_fail(d, "there is no task %d here", tid);
	return pt;
}
