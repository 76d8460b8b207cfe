/* Processes that go on when the program itself has ended, such as daemons. rr-record records them
 * to their end, and says so at a terminal, or ends them: --end-with-program. */
#ifndef RR_LEFTOVER_H
#define RR_LEFTOVER_H

struct recorder;
/* To be called now and then. */
void leftover_check(struct recorder *r);

#endif
