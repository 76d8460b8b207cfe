/* Checkpoints: copies of all tasks of a replay, asleep, from which it can be taken up again any
 * number of times. Their memory is shared with the tasks they are copies of until either writes to
 * it. */
#ifndef RR_CHECKPOINT_H
#define RR_CHECKPOINT_H

#include "replay/replayer.h"

struct checkpoint;

/* Of this point, which must not be on the way to an event whose task has come to it, nor inside of
 * a trampoline. NULL: cannot be made (too many processes, no memory). */
struct checkpoint *replayer_checkpoint_make(struct replayer *p);
/* Takes the replay up there: its tasks of now are ended. -1: it cannot go on at all; a line has
 * been printed. */
int replayer_checkpoint_restore(struct replayer *p, struct checkpoint *c);
void replayer_checkpoint_free(struct replayer *p, struct checkpoint *c);
/* Bytes that it holds for itself alone, nearly. */
uint64_t replayer_checkpoint_bytes(const struct checkpoint *c);

/* A replay put aside while copies of its tasks run in its place, and taken up again. */
struct checkpoint *replayer_divert(struct replayer *p);
void replayer_divert_end(struct replayer *p, struct checkpoint *c);

#endif
