/* Checkpoints: copies of all tasks of a replay, which never run themselves, and from which the
 * replay can be resumed any number of times. Copies share memory with their originals until either
 * writes to it. */
#ifndef RR_CHECKPOINT_H
#define RR_CHECKPOINT_H

#include "replay/replayer.h"

struct checkpoint;

/* Makes one at the current position. The next event must not be EVENT_REACHED, and no task may be
 * inside a trampoline. NULL and errno: too many processes, no memory. */
struct checkpoint *replayer_checkpoint_make(struct replayer *p);
/* Ends the replay's tasks and resumes it at the checkpoint. -1: the replay cannot go on; its report
 * says why. */
int replayer_checkpoint_restore(struct replayer *p, struct checkpoint *c);
void replayer_checkpoint_free(struct replayer *p, struct checkpoint *c);
/* Bytes of memory that are the checkpoint's alone, approximately. */
uint64_t replayer_checkpoint_bytes(const struct checkpoint *c);

/* Replaces the replay's tasks by copies. The result holds the tasks themselves, for
 * replayer_divert_end(), which ends the copies. NULL and errno: it cannot. */
struct checkpoint *replayer_divert(struct replayer *p);
void replayer_divert_end(struct replayer *p, struct checkpoint *c);

#endif
