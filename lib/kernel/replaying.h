/* The kernel floor for the replayer: replays the effects of recorded system calls.
 *
 * kernel_replay() replays a call's effect on its task's address space. kernel_replay_data()
 * restores what the kernel wrote. Functions that return int return 0, or -1 with rp->error, unless
 * they say otherwise.
 */
#ifndef RR_KERNEL_REPLAYING_H
#define RR_KERNEL_REPLAYING_H

#include "kernel/space.h"
#include "trace/systab.h"
#include "trace/trace.h"
#include "tracee/task.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct code_image;

/* This floor's state of a replay. The replayer sets r, mapped, counter_fd and self. */
struct replaying {
	struct trace_reader *r;
	/* Whether any task has a mapping of this object. NULL: not known. */
	bool (*mapped)(struct replaying *, uint64_t object);
	/* The task that was recorded with this id; NULL: there is none. */
	struct task *(*find)(struct replaying *, pid_t id);
	/* The counter page's memory file. -1: rewritten code is not mapped and only defines the
	 * counted edges. */
	int counter_fd;
	pid_t self; /* the replayer's process */
	/* Memory files of shared objects. A checkpoint has its own copies. */
	struct replay_object {
		uint64_t id;
		int fd;
	} * objects;
	size_t nobjects;
	struct replaying_state *own;
	char error[512]; /* why the last function of this header returned -1 */
};

void kernel_replaying_begin(struct replaying *rp);
void kernel_replaying_free(struct replaying *rp);

/* Whether the call that the task is about to make reads other bytes of its memory than the event's
 * call did. No: where the event has no checksum of them. */
bool kernel_payload_differs(struct task *t, const struct trace_event *ev);
/* Says which argument differs, and at which byte if that is in the event's records, which it reads.
 * malloc'd. */
char *kernel_payload_difference(struct replaying *rp, struct task *t, const struct trace_event *ev);
/* Replays the effect of the event's call on the task's address space. */
int kernel_replay(struct replaying *rp, struct task *t, const struct trace_event *ev);
/* Empties the task's address space and makes all mappings of an EVF_EXEC event. */
int kernel_replay_exec(struct replaying *rp, struct task *t);
/* Applies one record of memory contents. Records of other kinds are ignored. */
int kernel_replay_data(struct replaying *rp, struct task *t, const struct trace_data *d);
/* Calls put() with the bytes that the event's call wrote, piece by piece, from the task's memory.
 * 0, or -1 with errno or if put() returned -1. */
int kernel_output(struct task *t, const struct trace_event *ev,
		  int (*put)(void *, const void *, size_t), void *ctx);

/* For checkpoints: copies the shared objects as they are now into `to`. -1 with to->error. */
int kernel_replay_objects_copy(struct replaying *to, const struct replaying *from);
void kernel_replay_objects_free(struct replaying *rp);
/* Maps rp's objects in place of those that a forked task has mapped. */
int kernel_replay_objects_map(struct replaying *rp, struct task *t);

/* Around a fork of the task whose copy must have all of its memory, whatever the program has
 * advised (madvise(2): MADV_DONTFORK, MADV_WIPEONFORK). Call the end for the task and for its copy,
 * then free a->v. */
struct kernel_advised {
	struct kernel_advised_range {
		uint64_t start, len;
		int advice, opposite;
	} * v;
	size_t n;
};
int kernel_replay_fork_begin(struct replaying *rp, struct task *t, struct kernel_advised *a);
void kernel_replay_fork_end(struct task *t, const struct kernel_advised *a);

/* Opens a mapped file as it was when it was recorded: the trace's copy, or the file of that name if
 * it has not changed since. -1: there is neither. */
int kernel_replay_file_open(struct replaying *rp, const char *path);
/* The recorded name of a file that is mapped here by this name. */
const char *kernel_replay_file_name(const struct replaying *rp, const char *here);

/* The file that rewritten code was made from: its name, and a descriptor that stays owned by the
 * replay. NULL or -1: there is none. */
const char *kernel_replay_code_path(struct replaying *rp, const struct code_image *img);
int kernel_replay_code_original(struct replaying *rp, const struct code_image *img);

/* Sets the debug registers that an emulated tracer asked for. Their addresses are those of the
 * original code. -1: the kernel refuses them. Recording and replaying. */
int kernel_debug_registers_set(struct task *t, const uint64_t dr[TRACE_DEBUG_REGS]);

#endif
