/* A recorder that fails: an assertion, or a fatal signal of its own. */
#ifndef RR_CRASH_H
#define RR_CRASH_H

struct recorder;

/* From now on, if r->o->keep, its tasks are kept where they are then, for a debugger, before it
 * ends as it would have. The same signals are the program's if another process sends them: the
 * program may send them to its process group. One recorder a process. */
void crash_start(struct recorder *r);

#endif
