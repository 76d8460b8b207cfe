/* Checkpoints: copies of all tasks of a replay, asleep, from which it can be taken up again any
 * number of times. Their memory is shared with the tasks they are copies of until either writes to
 * it. */
#ifndef RR_CHECKPOINT_H
#define RR_CHECKPOINT_H

#include "replay/replayer.h"

struct checkpoint;

/* Of this point, which must not be on the way to an event whose task has come to it, nor inside of
 * a trampoline. NULL: cannot be made (too many processes, no memory). */
struct checkpoint *checkpoint_make(struct replayer *p);
/* Takes the replay up there: its tasks of now are ended. -1: it cannot go on at all; a line has
 * been printed. */
int checkpoint_restore(struct replayer *p, struct checkpoint *c);
void checkpoint_free(struct replayer *p, struct checkpoint *c);
/* Bytes that it holds for itself alone, nearly. */
uint64_t checkpoint_bytes(const struct checkpoint *c);

/* A replay put aside while copies of its tasks run in its place, and taken up again. */
struct checkpoint *checkpoint_aside(struct replayer *p);
void checkpoint_back(struct replayer *p, struct checkpoint *c);

#endif
