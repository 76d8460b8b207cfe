/* Compares what a task has come to with the event that comes next. */
#include "replay/replayer.h"
#include "tracee/waitstatus.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum replayer_result replayer_check_regs(struct replayer *p, struct ptask *pt, bool at_call)
{
	int i = arch_regs_differ(&p->ev.regs, &pt->t.regs, at_call);

	if (i < 0)
		return REPLAYER_OK;
	return replayer_diverged(p, pt, "register %s differs", arch_reg_names[i]);
}

enum replayer_result replayer_check_position(struct replayer *p, struct ptask *pt, bool at_call)
{
	enum replayer_result v = replayer_check_regs(p, pt, at_call);

	if (!v && (p->by || kernel_mm_counted(pt->t.mm)) && pt->count.ticks != p->ev.ticks)
		return replayer_diverged(p, pt, "ticks differ: recorded %lu, replayed %lu",
					 (unsigned long)p->ev.ticks,
					 (unsigned long)pt->count.ticks);
	return v;
}

enum replayer_result replayer_check_payload(struct replayer *p, struct ptask *pt)
{
	if (!kernel_payload_differs(&pt->t, &p->ev))
		return REPLAYER_OK;
	char *why = kernel_payload_difference(&p->rp, &pt->t, &p->ev);
	enum replayer_result v = replayer_diverged(p, pt, "%s", why);
	free(why);
	return v;
}

const char *replayer_signal_name(int sig)
{
	const char *name = sigabbrev_np(sig);

	return name ? name : sig >= SIGRTMIN && sig <= SIGRTMAX ? "RT" : "?";
}

enum replayer_result replayer_unexpected(struct replayer *p, struct ptask *pt, const char *what,
					 int status)
{
	if (pt->nondet >= 0)
		return replayer_diverged(
			p, pt,
			"the task was to %s, but came to an instruction whose result is recorded",
			what);
	if (pt->site)
		return replayer_diverged(
			p, pt, "the task was to %s, but has made more ticks than the %lu recorded",
			what, (unsigned long)p->ev.ticks);
	if (wait_is_call(status)) {
		const struct sys_desc *d = systab_get(ARCH_SYSNO(&pt->t.regs));
		return replayer_diverged(p, pt, "the task was to %s, but called %s", what,
					 d ? d->name : "an unknown system call");
	}
	return replayer_diverged(p, pt, "the task was to %s, but raised SIG%s", what,
				 replayer_signal_name(wait_signal(status)));
}
