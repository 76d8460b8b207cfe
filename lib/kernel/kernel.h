/* What each system call does: a family of calls a file, its record half beside its replay half.
 *
 * Recording: kernel_enter() at a call's entry stop saves what the call reads (for rr-dump) and may
 * change the registers; kernel_exit() at its exit stop saves every byte the kernel wrote.
 * Replaying: kernel_replay() makes again what has an effect of its own (mappings); the bytes are
 * put back by the replayer. The rows of formats/syscalls drive both; a handler adds what a row
 * cannot say.
 */
#ifndef RR_KERNEL_H
#define RR_KERNEL_H

#include "trace/systab.h"
#include "trace/trace.h"
#include "tracee/task.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* --- recording
 * --------------------------------------------------------------------------------------- */

/* A file or System V segment that is mapped shared somewhere. */
struct shared_object {
	uint64_t id, dev, ino;
};

/* A mapped file that may change, and its copy in the trace. */
struct file_copy {
	uint64_t dev, ino, size;
	int64_t mtime_ns;
	char *name;
};

struct call;

/* What all tasks of a recording share, in this floor. */
struct recording {
	struct trace_writer *w;
	bool failed; /* the trace can no longer be written, or nothing right be put into it */
	pid_t self;
	struct shared_object *objects;
	size_t nobjects;
	struct file_copy *copies;
	size_t ncopies;
	/* The task with that tid if it is being recorded, else NULL. */
	struct task *(*find)(struct recording *, pid_t);
	/* Whether any task has a mapping of this object. */
	bool (*mapped)(struct recording *, uint64_t object);
	/* ptrace(2): answered, with c->result; c->note is then what to save of the caller's memory.
	 */
	void (*ptrace)(struct recording *, struct call *c);
	/* A task that the caller's process traces, and that has halted or ended without the
	 * kernel's telling; which: as for waitpid. 0: none, and no such task may come; -1: none
	 * yet. look: it can be asked for again. */
	pid_t (*halted)(struct recording *, struct task *by, pid_t which, bool look, int *status);
	bool stdio_reopened; /* somebody has opened /dev/stdout or the like */
	bool direct_opened;  /* somebody uses O_DIRECT */
	bool memory_opened;  /* somebody has opened a /proc/PID/mem */
	/* One warning a subject, on stderr. */
	void (*warn)(struct recording *, const char *what, const char *why);
	/* A line of what is done, when `verbose`. */
	void (*note)(struct recording *, const char *fmt, ...)
		__attribute__((format(printf, 2, 3)));
	bool verbose;
	int counter_fd; /* the counter page's memory file; -1: nothing is counted by code */
	bool look_only; /* rewritten code is not mapped: it only tells which edges count */
	struct code_file **codes; /* code.c: files that have been rewritten, or can't be */
	size_t ncodes;
	int stdio[3];       /* rr-record's own descriptors of what were its standard streams */
	int affinity_bytes; /* of the kernel's CPU mask */
	cpu_set_t allowed;  /* the CPUs the recording started with */
};

enum verdict {
	CALL_MAKE,   /* let the kernel make it */
	CALL_REFUSE, /* never made; `result` is what the program gets */
};

/* Records kept from entry to exit, as other tasks' events may come between. */
struct kept {
	uint8_t *bytes;
	size_t len, cap;
};

/* An argument that points to scratch memory for the time of the call. */
struct redirect {
	uint8_t arg;
	uint64_t at, len;
};

/* One system call under way. */
struct call {
	struct recording *rec;
	struct task *t;
	const struct sys_desc *desc;
	uint16_t nr;
	uint64_t args[6];        /* as the program gave them */
	struct trace_regs entry; /* registers at entry, the program's */
	/* entry registers were changed for the kernel: put args back at exit */
	bool changed;
	enum verdict verdict;
	int64_t result;
	uint16_t flags;  /* EVF_* found out */
	uint32_t cap[6]; /* value-result lengths on entry */
	struct redirect redirects[6];
	int nredirects;
	struct kept in;
	uint64_t note[2]; /* the handler's own */
};

void kernel_enter(struct call *c);
/* After the call; c->result is set. */
void kernel_exit(struct call *c);
/* The call has been found to wait: what the kernel wrote before it went to sleep. */
void kernel_blocked(struct call *c);
/* Hands the kept records to the writer, before the event is put. */
void kernel_flush(struct call *c);
void kernel_call_free(struct call *c);

/* The address space of a task that has just become another program: all mappings and their
 * contents. */
int kernel_record_exec(struct recording *rec, struct task *t);
/* Whether this call enters with that much ability to sleep that others should get a turn. */
bool kernel_may_block(const struct call *c);

/* What SIGCHLD and waitid tell of a task with this wait status. */
siginfo_t kernel_child_info(pid_t tid, int status);

/* Tells of a program whose setuid bit will not count. */
void kernel_warn_setuid(struct recording *rec, const char *file, const char *name);

/* What the row says of argument i, before and after the call. */
void kernel_arg_save_in(struct call *c, int i);
void kernel_arg_save_out(struct call *c, int i);
/* For systab_length() and systab_room(). */
struct sys_values kernel_call_values(const struct call *c, bool returned);

/* scratch.c: points outputs elsewhere, when the call may wait while threads run; puts them in
 * place. */
void kernel_scratch_enter(struct call *c);
void kernel_scratch_exit(struct call *c);
/* Gives the task a piece of scratch memory; stopped anywhere but at a call's entry, or with a
 * result to be restarted. */
void kernel_scratch_map(struct task *t);
void kernel_scratch_release(struct task *t);

/* text.c: what was read of the task's memory at addr, as the original has it; what has just been
 * written there is done to the original, and recorded. */
void kernel_text_show(struct recording *rec, struct task *t, uint64_t addr, uint8_t *buf, size_t n);
/* The call has read n bytes of it to its own `to`. */
void kernel_text_read(struct call *c, struct task *t, uint64_t addr, uint64_t to, uint64_t n);
void kernel_text_written(struct recording *rec, struct task *t, uint64_t addr, uint64_t n);

/* watches.c: what these debug registers of the task's ask for; addresses are the original's. -1: it
 * is refused, or (ESRCH) the task does not stand still. */
int kernel_watches_set(struct task *t, const uint64_t dr[TRACE_DEBUG_REGS]);

/* code.c. What makes a mapping of a file executable is followed by kernel_code_map, which puts the
 * rewritten code there. */
void kernel_code_map(struct recording *rec, struct task *t, const struct trace_map *m, int fd,
		     const struct stat *st);
/* The call has mapped a whole ELF file at a place of the kernel's choice: moves it where there is
 * room for what belongs to it. */
void kernel_code_room(struct call *c, int fd, const char *path, const struct stat *st);
/* A program that has just been started: the counter page. */
void kernel_code_begin(struct recording *rec, struct task *t);
/* What was mapped there is no more. Recording and replaying. */
void kernel_code_gone(struct task *t, uint64_t start, uint64_t len);
void kernel_codes_free(struct recording *rec);
/* The ELF file that rewritten code stands in for. */
struct code_origin_file {
	uint64_t dev, ino;
	const char *path;
};
const struct code_origin_file *kernel_code_origin(const struct recording *rec,
						  const struct code_image *img);
/* That file, open, which stays ours; t: a task that has mapped it. -1: it is no longer there, or
 * has changed. */
int kernel_code_file(struct recording *rec, struct task *t, const struct code_image *img);

/* For handlers. */
void kernel_call_in(struct call *c, uint64_t addr, size_t len); /* keeps DATA_IN */
void kernel_call_in_bytes(struct call *c, uint64_t addr, const void *bytes, size_t len);
/* puts DATA_OUT, as far as it can be read */
void kernel_call_out(struct call *c, uint64_t addr, uint64_t len);
void kernel_put_out(struct recording *rec, struct task *t, uint64_t addr, uint64_t len);
/* False once the trace cannot be written any more, or we have failed to look at something: what we
 * know is not what was. */
bool kernel_recording_sound(struct recording *rec);
void kernel_put(struct recording *rec, const struct trace_data *d);
void kernel_put_map(struct recording *rec, const struct trace_map *m);
/* The object that stands for this file, if some task has it mapped. */
struct shared_object *kernel_object(struct recording *rec, const struct stat *st);
/* Puts [from, to) of the object's file as DATA_SHARED. */
void kernel_put_object(struct recording *rec, uint64_t object, int fd, uint64_t from, uint64_t to);
void kernel_call_refuse(struct call *c, int error);
/* Changes argument i for the kernel; the program gets its own back. */
void kernel_call_set_arg(struct call *c, int i, uint64_t value);
/* 0 or -1: the type at addr in the task's memory. */
#define KERNEL_CALL_READ(c, addr, var) task_read_all((c)->t, (addr), (var), sizeof(*(var)))

/* Reserved ranges. Whether this range reaches into one. */
bool kernel_is_reserved(uint64_t start, uint64_t len);
/* True if this munmap, mprotect or madvise does: then it is to be made for [start, start+len)
 * (nothing if len is 0), and for `rest` bytes from SCRATCH_END on. */
bool kernel_around_reserved(long nr, uint64_t *start, uint64_t *len, uint64_t *rest);
/* Both halves of such a call. The replay half gives the call's result. */
void kernel_enter_range(struct call *c);
void kernel_exit_range(struct call *c);
int64_t kernel_replay_range(struct task *t, long nr, const uint64_t a[6]);

/* The task has opened what may be a /proc/PID/maps or smaps. */
void kernel_maps_opened(struct call *c, int fd);

struct shared_object *kernel_object_get(struct recording *rec, uint64_t dev, uint64_t ino);
/* Puts what the shared mapping m shows, read through the mapping itself. */
void kernel_put_object_memory(struct recording *rec, struct task *t, const struct trace_map *m);
/* Puts the records of a file mapping. fd may be -1: then its contents are read through the mapping.
 * writable: by the descriptor that it was made with. */
void kernel_put_file_map(struct recording *rec, struct task *t, struct trace_map *m, int fd,
			 const struct stat *st, bool writable);

/* A system call of a replay. */
struct replay_call {
	struct replaying *rp;
	struct task *t;
	pid_t tid; /* the recorded one */
	const struct sys_desc *desc;
	uint64_t args[6];
	int64_t result; /* the recorded one */
};

/* What a row of formats/syscalls cannot say about its call. Every function may be NULL. */
struct call_handler {
	/* At the call's entry: may refuse it, answer it, change its arguments. */
	void (*enter)(struct call *c);
	/* At its exit: saves what the row does not name. */
	void (*exit)(struct call *c);
	/* When it is found to wait: saves what the kernel wrote before the task went to sleep. */
	void (*blocked)(struct call *c);
	/* In replay, has the effect on the task that the recorded call had. -1 with rp->error. */
	int (*replay)(struct replay_call *c);
};

/* Makes this the handler of rows with handler=NAME. At the beginning of a line: the build reads it
 * (formats/handlers.awk). */
#define SYSCALL_HANDLER(name, ...) const struct call_handler kernel_handler_##name = {__VA_ARGS__}

/* By SYSH_ number; NULL: the row says everything. */
extern const struct call_handler *const kernel_handlers[SYSH_COUNT];

typedef void call_half(struct call *c);
call_half enter_fcntl, exit_fcntl, enter_ioctl, exit_ioctl, enter_prctl, exit_prctl,
	enter_arch_prctl, exit_arch_prctl;

/* --- replaying
 * --------------------------------------------------------------------------------------- */

/* What all tasks of a replay share, in this floor. */
struct replaying {
	struct trace_reader *r;
	struct replay_object {
		uint64_t id;
		int fd;
	} * objects;
	size_t nobjects, tidy_at; /* so many: those that nobody has mapped are closed */
	/* Some task has it mapped. Set by the replayer; NULL: not known. */
	bool (*mapped)(struct replaying *, uint64_t object);
	uint64_t anon_last; /* the last id of memory that is shared without a file */
	/* Memory files of the BACKING_DATA mappings of the event under way, for its DATA_FILL
	 * records. */
	struct replay_fill {
		pid_t tid;
		int fd;
		uint64_t start, len;
	} * fills;
	size_t nfills;
	struct replay_code *codes; /* code.c */
	size_t ncodes;
	struct replay_file {       /* files.c: those that have been mapped */
		char *path, *copy; /* copy: NULL if there is none */
		uint64_t object;   /* that holds what has been mapped of it; 0: none does */
		uint64_t size;
		int64_t mtime_ns;
	} * files;
	size_t nfiles;
	/* the counter page's memory file; -1: code is not mapped, it only tells which edges count
	 */
	int counter_fd;
	pid_t self;
	char error[512]; /* why the last function here gave -1 */
};

/* Does what the event's call did to the task's address space. 0, or -1 with rp->error. */
int kernel_replay(struct replaying *rp, struct task *t, const struct trace_event *ev);
/* Makes all mappings of an EVF_EXEC event in an emptied task. */
int kernel_replay_exec(struct replaying *rp, struct task *t);
/* Applies one record of contents; others are left alone. */
int kernel_replay_data(struct replaying *rp, struct task *t, const struct trace_data *d);
/* The bytes that the call wrote to a standard output, from the task's memory: calls put() with runs
 * of them. */
int kernel_output(struct task *t, const struct trace_event *ev,
		  int (*put)(void *, const void *, size_t), void *ctx);
void kernel_replay_free(struct replaying *rp);

/* Inside of this floor: -1 with rp->error; an object's memory file; a descriptor of ours mapped
 * into the task. */
int kernel_replay_fail(struct replaying *rp, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* No room for the program's memory: our own trouble, unless the trace asks for more than a file can
 * have. */
int kernel_replay_memory_fail(struct replaying *rp);
int kernel_replay_object_fd(struct replaying *rp, uint64_t id);
int kernel_replay_add_shared(struct replaying *rp, struct task *t, const struct shared_map *s);
/* Makes the mappings of the event under way. */
int kernel_replay_maps(struct replaying *rp, struct task *t);
/* A trace that would put code of its own where the agent's is could make real calls through it. */
bool kernel_replay_touches_agent(uint64_t start, uint64_t len);
/* The most that one call writes (linux/fs.h). */
#define KERNEL_RW_MAX PAGE_DOWN((uint64_t)INT32_MAX)
int kernel_replay_map_fd(struct replaying *rp, struct task *t, const struct trace_map *m, int fd,
			 int open_flags, uint32_t flags, uint64_t offset);

/* copies.c: what a checkpoint needs. Copies of the shared objects: of what they hold now. 0, or -1
 * with to->error. */
int kernel_replay_objects_copy(struct replaying *to, const struct replaying *from);
void kernel_replay_objects_free(struct replaying *rp);
/* Maps the copies in the place of those objects that a forked task has mapped. */
int kernel_replay_objects_map(struct replaying *rp, struct task *t);
/* Around a fork of the task that is to have all of its memory, whatever the program has advised on
 * that: madvise(2), MADV_DONTFORK and MADV_WIPEONFORK. The end is for it and for its copy; the
 * caller frees a->v. */
struct kernel_advised {
	struct kernel_advised_range {
		uint64_t start, len;
		int advice, opposite;
	} * v;
	size_t n;
};
int kernel_replay_fork_begin(struct replaying *rp, struct task *t, struct kernel_advised *a);
void kernel_replay_fork_end(struct task *t, const struct kernel_advised *a);

/* files.c: notes the file of a mapping, and opens it as it was when it was recorded: the trace's
 * copy, or the file of that name if it has not changed since; -1 if neither is there. */
void kernel_replay_file_note(struct replaying *rp, const struct trace_map *m);
int kernel_replay_file_open(struct replaying *rp, const char *path);
/* The memory file, which stays the replay's, with as much of that file as has been mapped; -1:
 * there is none. */
int kernel_replay_file_object(const struct replaying *rp, const char *path);
/* What the recording called the file that is mapped here by that name. */
const char *kernel_replay_file_name(const struct replaying *rp, const char *here);
void kernel_replay_files_free(struct replaying *rp);
/* The descriptor of a mapped file that is as m says; -1 with rp->error. */
int kernel_replay_unchanged(struct replaying *rp, const char *path, uint64_t size, int64_t mtime_ns,
			    int open_flags);

/* code.c: the code file of a BACKING_CODE mapping, which is noted in the task's address space. NULL
 * with rp->error. */
const struct code_image *kernel_code_again(struct replaying *rp, struct task *t,
					   const struct trace_map *m);
/* The file that rewritten code stands in for: its name, and a descriptor that stays ours and holds
 * its code; NULL, -1 if there is none. */
const char *kernel_replay_code_path(struct replaying *rp, const struct code_image *img);
int kernel_replay_code_original(struct replaying *rp, const struct code_image *img);
void kernel_replay_codes_free(struct replaying *rp);
int kernel_watches_again(struct replaying *rp, struct task *t, const struct trace_data *d);

#endif
