#include "divergence.h"

#include "print/replay_report.h"
#include "tracee/hold.h"
#include "util/alloc.h"

#include <stdlib.h>

void divergence_hold(void *ctx, const struct replay_report *r, const struct replay_stopped *v,
		     size_t n)
{
	struct held_task *kept = xcalloc(n + 1, sizeof(*kept));

	(void)ctx;
	print_replay_report(stderr, r);
	for (size_t i = 0; i < n; i++)
		kept[i] = (struct held_task){
			v[i].tid, v[i].tid,
			xasprintf(v[i].diverged ? "task %d, which has diverged" : "task %d",
				  v[i].recorded)};
	hold_tasks(kept, n);
	for (size_t i = 0; i < n; i++)
		free((char *)kept[i].what);
	free(kept);
}
