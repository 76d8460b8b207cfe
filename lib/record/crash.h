/* A recorder that fails: an assertion, or a fatal signal of its own. */
#ifndef RR_CRASH_H
#define RR_CRASH_H

struct recorder;

/* From now on its tasks are kept where they are then, for a debugger, before it ends as it would
 * have. One recorder a process. */
void crash_keep_tasks(struct recorder *r);

#endif
