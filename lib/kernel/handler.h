/* Inside the kernel floor: what handlers of system calls are, and what they use.
 *
 * A handler's recording half is beside its replay half, in the file of its family.
 */
#ifndef RR_KERNEL_HANDLER_H
#define RR_KERNEL_HANDLER_H

#include "kernel/recording.h"
#include "kernel/replaying.h"
#include "util/size.h"

#include <sys/stat.h>

/* A mapping whose contents are those of a shared object, which other mappings may show too. */
struct shared_map {
	uint64_t start, len, object, offset;
	bool sysv;
};

/* What the floor keeps of an address space. */
struct kernel_mm {
	struct shared_map *shared;
	size_t nshared;
	bool counted; /* it has the counter page */
	/* recording */
	uint64_t slots[SCRATCH_SLOTS / 64]; /* a bit for each piece of scratch memory in use */
	/* The program has asked for it by PR_SET_DUMPABLE. The kernel does not learn of it: the
	 * recorder could not read its memory. */
	bool not_dumpable;
	/* replaying */
	uint64_t brk; /* end of the heap; 0 before the first exec */
	bool advised; /* some memory is or was not to be inherited by children: madvise(2) */
};
struct kernel_mm *kernel_mm(const struct mm *mm);
void kernel_mm_add_shared(struct mm *mm, struct shared_map m);
/* Forgets what [start, start+len) covers, cutting mappings that reach beyond. */
void kernel_mm_remove_shared(struct mm *mm, uint64_t start, uint64_t len);

/* A system call of a replay. */
struct replay_call {
	struct replaying *rp;
	struct task *t;
	pid_t tid; /* as recorded */
	const struct sys_desc *desc;
	uint64_t args[6];
	int64_t result; /* as recorded */
};

/* What a row of formats/syscalls cannot say about its call. Every function may be NULL. */
struct call_handler {
	/* At the call's entry: may refuse it, answer it or change its arguments. */
	void (*enter)(struct call *c);
	/* At its exit: saves what the row does not name. */
	void (*exit)(struct call *c);
	/* When the task sleeps in the call: saves what the kernel wrote before. */
	void (*blocked)(struct call *c);
	/* In replay, has the recorded call's effect on the task. 0, or -1 with rp->error. */
	int (*replay)(struct replay_call *c);
};

/* Makes this the handler of rows with handler=NAME. It is written at the beginning of a line, where
 * the build looks for it (formats/handlers.awk). */
#define SYSCALL_HANDLER(name, ...) const struct call_handler kernel_handler_##name = {__VA_ARGS__}

/* By SYSH_ number; NULL: the row says everything. Made by the build. */
extern const struct call_handler *const kernel_handlers[SYSH_COUNT];

/* --- recording: the call under way
 * -------------------------------------------------------------------- */

/* Saves argument i as its row says. */
void kernel_arg_save_in(struct call *c, int i);
void kernel_arg_save_out(struct call *c, int i);
/* What systab_length() and systab_room() need of it. */
struct sys_values kernel_call_values(const struct call *c, bool returned);
/* Keeps a DATA_IN record of the task's memory, as far as it can be read; addr may be 0. */
void kernel_call_in(struct call *c, uint64_t addr, size_t len);
/* The call is never made; the program gets -error. Its event is marked as refused. */
void kernel_call_refuse(struct call *c, int error);
/* Changes argument i for the kernel; the program's registers are put back at exit. */
void kernel_call_set_arg(struct call *c, int i, uint64_t value);
/* Reads *var from the task's memory: 0 or -1. */
#define KERNEL_CALL_READ(c, addr, var) task_read_all((c)->t, (addr), (var), sizeof(*(var)))

/* Points outputs of a call that may block to scratch memory, while other tasks of its address space
 * run. At its exit they are copied to where the program wants them. */
void kernel_scratch_enter(struct call *c);
void kernel_scratch_exit(struct call *c);

/* --- recording: mappings and files
 * -------------------------------------------------------------------- */

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

/* A mapped file's GNU build-id, all 0 if it has none. */
struct file_build_id {
	uint64_t dev, ino, size;
	int64_t mtime_ns;
	uint8_t id[20];
};

struct recording_state {
	struct shared_object *objects;
	size_t nobjects;
	struct file_copy *copies;
	size_t ncopies;
	struct file_build_id *build_ids;
	size_t nbuild_ids;
	struct code_file **codes; /* files that have been rewritten, or cannot be */
	size_t ncodes;
	bool stdio_reopened; /* a task has opened /dev/stdout or the like */
	bool direct_opened;  /* a task has opened a file with O_DIRECT */
	bool memory_opened;  /* a task has opened a /proc/PID/mem */
};

void kernel_put_map(struct recording *rec, const struct trace_map *m);
/* Puts the records of a file mapping. fd may be -1: then its contents are read through the mapping.
 * writable: by the descriptor that it was made with. */
void kernel_put_file_map(struct recording *rec, struct task *t, struct trace_map *m, int fd,
			 const struct stat *st, bool writable);
/* The object of this file or segment; made if there is none yet. */
struct shared_object *kernel_object_get(struct recording *rec, uint64_t dev, uint64_t ino);
/* The object of this file if a task has it mapped, else NULL. */
struct shared_object *kernel_object_mapped(struct recording *rec, const struct stat *st);
/* Puts [from, to) of the object's file as DATA_SHARED. */
void kernel_put_object(struct recording *rec, uint64_t object, int fd, uint64_t from, uint64_t to);
/* Puts what the shared mapping m shows, read through the mapping. */
void kernel_put_object_memory(struct recording *rec, struct task *t, const struct trace_map *m);

/* The task has opened what may be a /proc/PID/maps or smaps: what it reads there is to be as if it
 * were not recorded. */
void kernel_maps_opened(struct call *c, int fd);

/* --- recording: rewritten code
 * ------------------------------------------------------------------------ */

/* An executable mapping has just been made: maps the rewritten code over it. */
void kernel_code_map(struct recording *rec, struct task *t, const struct trace_map *m, int fd,
		     const struct stat *st);
/* The call has mapped a whole ELF file at an address of the kernel's choice: moves the mapping to
 * where there is room for its trampolines. */
void kernel_code_room(struct call *c, int fd, const char *path, const struct stat *st);
/* Maps the counter page into a program that has just been started. */
void kernel_code_begin(struct recording *rec, struct task *t);
/* Nothing is mapped there any more. Recording and replaying. */
void kernel_code_gone(struct task *t, uint64_t start, uint64_t len);
void kernel_codes_free(struct recording *rec);

/* The ELF file that rewritten code was made from. */
struct code_origin_file {
	uint64_t dev, ino;
	const char *path;
};
const struct code_origin_file *kernel_code_origin(const struct recording *rec,
						  const struct code_image *img);
/* That file, open; the descriptor stays this floor's. t: a task that has mapped it. -1: it is gone
 * or has changed. */
int kernel_code_file(struct recording *rec, struct task *t, const struct code_image *img);

/* The call has read n bytes of t's memory at addr into its own at `to`: shows the original there.
 */
void kernel_original_read(struct call *c, struct task *t, uint64_t addr, uint64_t to, uint64_t n);

/* --- reserved ranges: recording and replaying
 * --------------------------------------------------------- */

/* Whether this range reaches into a reserved one. */
bool kernel_is_reserved(uint64_t start, uint64_t len);
/* True if the range of this munmap, mprotect or madvise does. Then the call is to be made for
 * [start, start+len) (not at all if len is 0), and for `rest` bytes from SCRATCH_END on. */
bool kernel_around_reserved(long nr, uint64_t *start, uint64_t *len, uint64_t *rest);
/* The halves of such a call. The replay half returns the call's result. */
void kernel_enter_range(struct call *c);
void kernel_exit_range(struct call *c);
int64_t kernel_replay_range(struct task *t, long nr, const uint64_t a[6]);

/* --- replaying
 * ---------------------------------------------------------------------------------------- */

/* The most bytes that one call writes (linux/fs.h). */
#define KERNEL_RW_MAX PAGE_DOWN((uint64_t)INT32_MAX)

struct replaying_state {
	uint64_t anon_last; /* the last id of memory that is shared without a file */
	size_t tidy_at;     /* with so many objects, those that no task has mapped are closed */
	/* Memory files of the BACKING_DATA mappings of the event under way, for its DATA_FILL
	 * records. */
	struct replay_fill {
		pid_t tid;
		int fd;
		uint64_t start, len;
	} * fills;
	size_t nfills;
	struct replay_code *codes;
	size_t ncodes;
	struct replay_file {       /* files that have been mapped */
		char *path, *copy; /* copy: NULL if there is none */
		uint64_t object;   /* holds what has been mapped of it; 0: none does */
		uint64_t size;
		int64_t mtime_ns;
	} * files;
	size_t nfiles;
};

/* Sets rp->error and returns -1. */
int kernel_replay_fail(struct replaying *rp, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for a memory file that has no room (errno): a resource ran out, unless the trace asks
 * for more than a file can hold. */
int kernel_replay_memory_fail(struct replaying *rp);

/* Makes the mappings of the event under way. 0, or -1 with rp->error. */
int kernel_replay_maps(struct replaying *rp, struct task *t);
/* Closes the memory files that the mappings of the event before left for its contents. */
void kernel_replay_fills_close(struct replaying *rp);
/* Maps a descriptor of this process into the task. */
int kernel_replay_map_fd(struct replaying *rp, struct task *t, const struct trace_map *m, int fd,
			 int open_flags, uint32_t flags, uint64_t offset);
/* Whether the range reaches into the agent. A trace with code of its own there could make real
 * calls through it. */
bool kernel_replay_touches_agent(uint64_t start, uint64_t len);
/* The memory file of an object; made if there is none yet. -1 with errno. */
int kernel_replay_object_fd(struct replaying *rp, uint64_t id);
int kernel_replay_add_shared(struct replaying *rp, struct task *t, const struct shared_map *s);
/* Sets the debug registers of a DATA_DEBUG record. */
int kernel_replay_debug_registers(struct replaying *rp, struct task *t, const struct trace_data *d);

/* The code file of a BACKING_CODE mapping, which is noted in the task's address space. NULL with
 * rp->error. */
const struct code_image *kernel_replay_code_map(struct replaying *rp, struct task *t,
						const struct trace_map *m);
void kernel_replay_codes_free(struct replaying *rp);

/* Notes the file of a mapping, for kernel_replay_file_open(). */
void kernel_replay_file_note(struct replaying *rp, const struct trace_map *m);
/* Opens a mapped file if it still has this size and time. -1 with rp->error. */
int kernel_replay_unchanged(struct replaying *rp, const char *path, uint64_t size, int64_t mtime_ns,
			    int open_flags);
/* The memory file with as much of that file as has been mapped shared; the descriptor stays the
 * replay's. -1: there is none. */
int kernel_replay_file_object(const struct replaying *rp, const char *path);
void kernel_replay_files_free(struct replaying *rp);

#endif
