/* The kernel floor for the replayer: effects of recorded system calls, had again.
 *
 * kernel_replay() has the effect of a call on its task's address space, kernel_replay_data() puts
 * back what the kernel wrote. Functions that return int give 0, or -1 with rp->error, unless they
 * say otherwise.
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

/* What this floor knows of a whole replay. The replayer sets r, mapped, counter_fd and self. */
struct replaying {
	struct trace_reader *r;
	/* Whether any task has a mapping of this object. NULL: not known. */
	bool (*mapped)(struct replaying *, uint64_t object);
	/* The counter page's memory file. -1: rewritten code is not mapped, it only says which
	 * edges count. */
	int counter_fd;
	pid_t self; /* the replayer's process */
	/* Memory files of shared objects. A checkpoint keeps a copy of its own. */
	struct replay_object {
		uint64_t id;
		int fd;
	} * objects;
	size_t nobjects;
	struct replaying_state *own;
	char error[512]; /* why the last function here returned -1 */
};

void kernel_replaying_begin(struct replaying *rp);
void kernel_replaying_free(struct replaying *rp);

/* Has the effect that the event's call had on the task's address space. */
int kernel_replay(struct replaying *rp, struct task *t, const struct trace_event *ev);
/* Makes all mappings of an EVF_EXEC event, in a task whose address space is to be emptied. */
int kernel_replay_exec(struct replaying *rp, struct task *t);
/* Applies one record of contents. Records of other kinds are ignored. */
int kernel_replay_data(struct replaying *rp, struct task *t, const struct trace_data *d);
/* Calls put() with runs of the bytes that the event's call wrote, from the task's memory. 0, or -1
 * with errno or as put() did. */
int kernel_output(struct task *t, const struct trace_event *ev,
		  int (*put)(void *, const void *, size_t), void *ctx);

/* Checkpoints: gives `to` copies of the shared objects as they are now. -1 with to->error. */
int kernel_replay_objects_copy(struct replaying *to, const struct replaying *from);
void kernel_replay_objects_free(struct replaying *rp);
/* Maps rp's objects in the place of those that a forked task has mapped. */
int kernel_replay_objects_map(struct replaying *rp, struct task *t);

/* Around a fork of the task whose copy is to have all of its memory, whatever the program has
 * advised (madvise(2): MADV_DONTFORK, MADV_WIPEONFORK). The end is called for the task and for its
 * copy; then the caller frees a->v. */
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
 * it has not changed since. -1: neither is there. */
int kernel_replay_file_open(struct replaying *rp, const char *path);
/* The recorded name of a file that is mapped here by this name. */
const char *kernel_replay_file_name(const struct replaying *rp, const char *here);

/* The file that rewritten code was made from: its name, and a descriptor of it that stays the
 * replay's. NULL, -1: there is none. */
const char *kernel_replay_code_path(struct replaying *rp, const struct code_image *img);
int kernel_replay_code_original(struct replaying *rp, const struct code_image *img);

/* Sets the debug registers that a tracer of the program's own asked for; their addresses are those
 * of the original code. -1: the kernel refuses them. Recording and replaying. */
int kernel_debug_registers_set(struct task *t, const uint64_t dr[TRACE_DEBUG_REGS]);

#endif
