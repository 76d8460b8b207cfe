/* What rr-replay and rr-verify do when a replay has diverged. */
#ifndef RR_CMD_DIVERGENCE_H
#define RR_CMD_DIVERGENCE_H

#include "replay/replay.h"

/* For `diverged` of struct replay_options: prints the report, and keeps the tasks stopped for a
 * debugger until the user ends that. */
void divergence_hold(void *ctx, const struct replay_report *r, const struct replay_stopped *v,
		     size_t n);

#endif
