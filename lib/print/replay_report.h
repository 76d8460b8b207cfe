/* The report of a replay as text. */
#ifndef RR_PRINT_REPLAY_REPORT_H
#define RR_PRINT_REPLAY_REPORT_H

#include <stdio.h>

struct replay_report; /* replay/replay.h */

/* Why it ended, or its note, each line with the program's name; of a divergence, what differs,
 * where, and the last events. Nothing for an exact replay without a note. */
void print_replay_report(FILE *out, const struct replay_report *r);

#endif
