/* What rr-replay and rr-verify do where a replay has diverged. */
#ifndef RR_CMD_DIVERGENCE_H
#define RR_CMD_DIVERGENCE_H

#include "replay/replay.h"

/* `diverged` of struct replay_options: prints the report, and keeps the stopped tasks for a
 * debugger until the user has seen enough. */
void divergence_hold(void *ctx, const struct replay_report *r, const struct replay_stopped *v,
		     size_t n);

#endif
