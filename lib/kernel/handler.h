/* Inside the kernel floor: handlers of system calls, and the functions that they call.
 *
 * A handler's recording half is beside its replay half, in the file of its family.
 */
#ifndef RR_KERNEL_HANDLER_H
#define RR_KERNEL_HANDLER_H

#include "kernel/recording.h"
#include "kernel/replaying.h"
#include "tracee/reserved.h"
#include "util/build_id.h"
#include "util/size.h"

#include <sys/stat.h>

/* A mapping that shows a shared object. Other mappings may show the same object. */
struct shared_map {
	uint64_t start, len, object, offset;
	bool sysv;
	/* Recording: it is private and shows this copy, which is the object's as long as nobody
	 * changes the file. NULL: it shows the object. */
	const char *copy;
};

/* This floor's part of an address space. */
struct kernel_mm {
	struct shared_map *shared;
	size_t nshared;
	bool counted; /* it has the counter page */
	/* recording */
	uint64_t slots[SCRATCH_SLOTS / 64]; /* a bit for each piece of scratch memory in use */
	/* The program has made itself not dumpable (PR_SET_DUMPABLE). The kernel is not asked for
	 * that, because it would deny the recorder the program's memory. */
	bool not_dumpable;
	bool writes_served; /* it has had a mapping that writes to a file that a process serves */
	uint64_t maps_most; /* it has no more mappings than these */
	bool spare;         /* it has the spare ones: map_limit.c */
	/* replaying */
	uint64_t brk; /* end of the heap; 0 before the first exec */
	bool advised; /* the program has given madvise(2) advice about what children inherit */
};
struct kernel_mm *kernel_mm(const struct mm *mm);
void kernel_mm_add_shared(struct mm *mm, struct shared_map m);
/* Forgets what [start, start+len) covers. Mappings that reach beyond it are cut. */
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
	/* Says what the call reads of the program's memory. Recording and replaying. */
	void (*reads)(struct payload_walk *w);
	/* At the call's entry. It may refuse the call, answer it or change its arguments. */
	void (*enter)(struct call *c);
	/* Before that, if the file system of some file is served by a process: names the files that
	 * it reads, by kernel_look_at_fd() and kernel_look_at_maps(). */
	void (*looks)(struct call *c);
	/* At the call's exit: saves memory that the row does not name. */
	void (*exit)(struct call *c);
	/* When the task sleeps in the call: saves what the kernel has written so far. */
	void (*blocked)(struct call *c);
	/* Replays the call's effect on the task. 0, or -1 with rp->error. */
	int (*replay)(struct replay_call *c);
};

/* Makes this the handler of rows with handler=NAME. The build finds it only at the beginning of a
 * line (formats/handlers.awk). */
#define SYSCALL_HANDLER(name, ...) const struct call_handler kernel_handler_##name = {__VA_ARGS__}

/* By SYSH_ number. NULL: the row says everything. Generated. */
extern const struct call_handler *const kernel_handlers[SYSH_COUNT];

/* --- recording: the call under way --- */

/* Notes how much argument i, whose length is in memory, has room for. */
void kernel_arg_note_room(struct call *c, int i);
/* Saves argument i as its row says. */
void kernel_arg_save_out(struct call *c, int i);
/* What argument i is: as the call's code says if that names memory, else as its row does. */
const struct sys_arg *kernel_call_arg(const struct call *c, int i);
/* Points arguments that point into the tool's memory to where nothing is. True: the call is one
 * that its handler answers, and has been answered by EFAULT. */
bool kernel_pointers_hide(struct call *c);
/* What systab_length() and systab_room() need to know about the call. */
struct sys_values kernel_call_values(const struct call *c, bool returned);
/* The call is not made, and the program gets -error. The event is marked as refused. */
void kernel_call_refuse(struct call *c, int error);
/* Changes argument i for the kernel. The program's registers are restored at exit. */
void kernel_call_set_arg(struct call *c, int i, uint64_t value);
/* Reads *var from the task's memory: 0 or -1. */
#define KERNEL_CALL_READ(c, addr, var) task_read_all((c)->t, (addr), (var), sizeof(*(var)))

/* Saves what the structs of arguments point to, as the call's code says. */
void kernel_members_save(struct call *c);
/* The same for what the call reads. Recording and replaying. */
void kernel_members_read(struct payload_walk *w);

/* If the call's code is not known: keeps the memory that the call may write, and saves what has
 * changed there. kernel_guess_save() returns whether anything has. */
void kernel_guess_enter(struct call *c);
bool kernel_guess_save(struct call *c);
void kernel_guess_exit(struct call *c);

/* Directs out-parameters of a call that may block to scratch memory if other tasks share the
 * address space. At the call's exit the bytes are copied to the program's buffers. */
void kernel_scratch_enter(struct call *c);
void kernel_scratch_exit(struct call *c);

/* --- recording: mappings and files --- */

/* A file or System V segment that is or was mapped shared. */
struct shared_object {
	uint64_t id, dev, ino;
	bool changes; /* recorded tasks change the file: no mapping shows a copy of it */
};

/* A mapped file that may change, and its copy in the trace. */
struct file_copy {
	uint64_t dev, ino, size;
	int64_t mtime_ns;
	char *name;
	bool stale;              /* the file has been changed since */
	uint64_t copy_size, sum; /* of the copy; sum: content_sum() */
};

/* A mapped file's GNU build-id, all 0 if it has none. */
struct file_build_id {
	uint64_t dev, ino, size;
	int64_t mtime_ns;
	uint8_t id[BUILD_ID_LEN];
};

/* A /proc/PID/status or auxv that is being read. */
struct status_text {
	uint64_t dev, ino;
	char *text; /* NULL: none */
	size_t len;
};

struct recording_state {
	struct shared_object *objects;
	size_t nobjects;
	struct file_copy *copies;
	size_t ncopies;
	struct file_build_id *build_ids;
	size_t nbuild_ids;
	struct code_file **codes; /* files that were to be rewritten, also those that cannot be */
	size_t ncodes;
	uint64_t map_limit;  /* vm.max_map_count; 0: not known yet */
	bool stdio_reopened; /* a task has opened /dev/stdout or the like */
	bool direct_opened;  /* a task has opened a file with O_DIRECT */
	bool memory_opened;  /* a task has opened a /proc/PID/mem */
	bool status_opened;  /* a task has opened a /proc/PID/stat, status or auxv */
	struct status_text status;
	struct served_files *served;
	/* kernel/seccomp.c: the mode in which the program began; its tasks have given up new
	 * privileges without knowing it */
	int seccomp_mode;
	bool gave_up_privileges;
};

/* --- recording: files that a process serves (served_files.c) --- */

void kernel_served_begin(struct recording *rec);
void kernel_served_free(struct recording *rec);
/* The call has changed what is mounted, or which mounts its task sees. */
void kernel_mounts_changed(struct call *c);
/* Whether any file system is served by a process. */
bool kernel_some_served(struct recording *rec);
/* Whether that of the task's descriptor is. */
bool kernel_fd_is_served(struct call *c, int fd);
/* For .looks: the call's exit reads [from, to) of the file. */
void kernel_look_at_fd(struct call *c, int fd, uint64_t from, uint64_t to);
/* For .looks: it reads the files of these mappings, one of which was made with that descriptor; -1:
 * with none. */
void kernel_look_at_maps(struct call *c, uint64_t start, uint64_t end, int fd);
/* Opens the file of the task's descriptor for reading, or what a look has found there. -1: it
 * cannot be opened. */
int kernel_open_fd(struct call *c, int fd);
/* Opens the snapshot of the file that the call has mapped, and sets *st to the file's. -1: the file
 * is not served by a process. */
int kernel_open_mapped(struct call *c, struct stat *st);
/* The same for this file. */
int kernel_open_snapshot(struct recording *rec, uint64_t dev, uint64_t ino, struct stat *st);
/* The path, and in *st device and inode number, of the file whose snapshot has these. NULL: it is
 * no snapshot. */
const char *kernel_snapshot_origin(struct recording *rec, uint64_t dev, uint64_t ino,
				   struct stat *st);
/* If there is a snapshot of the file: maps it in place of the file, unless the mapping writes to
 * that. */
bool kernel_snapshot_cover(struct recording *rec, struct task *t, const struct trace_map *m,
			   bool writes);
/* If there is a snapshot of the file: [start, end) of it is as in `from`; its size is st's. */
void kernel_snapshot_written(struct recording *rec, const struct stat *st, int from, uint64_t start,
			     uint64_t end);
void kernel_snapshot_resized(struct recording *rec, const struct stat *st);
/* Opens the file that this path names for the task. -1: it cannot be opened, or perhaps not without
 * asking a process. */
int kernel_open_path(struct recording *rec, struct task *t, int dirfd, const char *path);
/* task_send_fd(), which resolves no path if that may be to ask a process. */
TASK_CHECKED int64_t kernel_send_fd(struct recording *rec, struct task *t, int fd, int flags);

void kernel_put_map(struct recording *rec, const struct trace_map *m);
/* The build-id of a regular file. Each file is read once; the pointer is good until the next call.
 */
const uint8_t *kernel_build_id(struct recording *rec, int fd, const struct stat *st);
/* Puts the pages of the mapping that hold data of the task's own: pagemap_each(). */
struct maps_line;
void kernel_put_pages(struct recording *rec, struct task *t, const struct maps_line *l);
/* Puts the records of a file mapping. If fd is -1, the contents are read through the mapping.
 * writable: the mapping was made with a descriptor open for writing. */
void kernel_put_file_map(struct recording *rec, struct task *t, struct trace_map *m, int fd,
			 const struct stat *st, bool writable);
/* The object of this file or segment. It is created if there is none yet. */
struct shared_object *kernel_object_get(struct recording *rec, uint64_t dev, uint64_t ino);
/* Whether a task has this file mapped in a way that shows changes. */
bool kernel_object_is_mapped(struct recording *rec, const struct stat *st);
/* A recorded task has changed this file. Its object if a task has it mapped, else NULL. */
struct shared_object *kernel_object_changed(struct recording *rec, const struct stat *st);
/* The object's file is about to be changed, or has just been: mappings that show a copy of it show
 * the object from the event under way on. */
void kernel_object_changes(struct recording *rec, struct shared_object *o);
/* Puts [from, to) of the object's file as DATA_SHARED. */
void kernel_put_object(struct recording *rec, uint64_t object, int fd, uint64_t from, uint64_t to);
/* Puts what the shared mapping m shows, read through the mapping. */
void kernel_put_object_memory(struct recording *rec, struct task *t, const struct trace_map *m);

/* To be called after the task opened a file. If that is a /proc/PID/maps or smaps, the task will
 * read from it what it would read unrecorded. */
void kernel_maps_opened(struct call *c, int fd);
/* To be called after a read, if a /proc/PID/status or auxv has been opened: the same for these. */
void kernel_proc_read(struct call *c);
/* The same for PR_GET_AUXV. */
void kernel_auxv_exit(struct call *c);
/* Hides the vdso in an auxiliary vector of the task's memory, up to `end` or its last entry. */
void kernel_auxv_hide_vdso(struct task *t, uint64_t at, uint64_t end);

/* The call may have added mappings. */
void kernel_maps_added(struct call *c);

/* --- effects of calls that fail: recording --- */

/* asm-generic/mman-common.h; older C libraries do not define it. */
#define MADV_DONTNEED_LOCKED_ 24

/* The call may have unmapped the range, or parts of it: puts what is not mapped now. */
void kernel_effect_holes(struct call *c, uint64_t start, uint64_t len);
/* The mremap of len bytes at old may have moved the first mappings there to `to`, and failed at
 * another. Returns how many bytes it has moved. */
uint64_t kernel_effect_moved(struct call *c, uint64_t old, uint64_t len, uint64_t to);
/* How many bytes from start on are mapped at first, and have no pages. */
uint64_t kernel_effect_emptied(struct call *c, uint64_t start, uint64_t len);
/* The call may have changed anonymous memory of the range in ways that do not show afterwards: puts
 * all of it. */
void kernel_effect_memory(struct call *c, uint64_t start, uint64_t len);
/* The mprotect may have changed the first mappings of its range. */
void kernel_effect_protected(struct call *c);
/* The madvise may have had its effect on the first mappings of its range, or on all of them if
 * there is a hole. drops: it drops pages. */
void kernel_effect_advised(struct call *c, bool drops);

/* seccomp.c: PR_SET_SECCOMP, and requests of a supervisor's ioctl(2). */
void kernel_seccomp_prctl_enter(struct call *c);
/* What the program sees of a task, in the results of prctl(2) and in /proc/PID/status. */
int kernel_seccomp_mode(const struct recording *rec, const struct task *t);
bool kernel_no_new_privs(const struct recording *rec, const struct task *t);
void kernel_seccomp_prctl_exit(struct call *c);
void kernel_notify_reply_enter(struct call *c);
void kernel_notify_received_exit(struct call *c);

/* --- recording: rewritten code --- */

/* To be called after an executable mapping was made: maps the rewritten code over it. */
void kernel_code_map(struct recording *rec, struct task *t, const struct trace_map *m, int fd,
		     const struct stat *st);
/* To be called after a whole ELF file was mapped at an address of the kernel's choice: moves the
 * mapping to where there is room for its trampolines. */
void kernel_code_room(struct call *c, int fd, const char *path, const struct stat *st);
/* Maps the counter page into a program that has just been started. */
void kernel_code_begin(struct recording *rec, struct task *t);
/* To be called after the range was unmapped. Recording and replaying. */
void kernel_code_gone(struct task *t, uint64_t start, uint64_t len);
void kernel_codes_free(struct recording *rec);

/* The ELF file that rewritten code was made from. */
struct code_origin_file {
	uint64_t dev, ino;
	const char *path;
};
const struct code_origin_file *kernel_code_origin(const struct recording *rec,
						  const struct code_image *img);
/* A descriptor of that file, which stays owned by this floor. t: a task that has mapped the file.
 * -1: the file is gone or has changed. */
int kernel_code_file(struct recording *rec, struct task *t, const struct code_image *img);

/* To be called after the call read n bytes of t's memory at addr into its own task's memory at
 * `to`: replaces rewritten bytes there by the original ones. */
void kernel_original_read(struct call *c, struct task *t, uint64_t addr, uint64_t to, uint64_t n);

/* --- reserved ranges: recording and replaying --- */

/* Whether addr belongs to the tool in this address space: reserved, the counter page or a
 * trampoline. */
bool kernel_mm_hides(const struct mm *mm, uint64_t addr);
/* Whether this range overlaps a reserved range. */
bool kernel_is_reserved(uint64_t start, uint64_t len);
/* Whether the range of this munmap, mprotect or madvise overlaps a reserved range. If so, the
 * call must be made for [start, start+len), unless len is 0, and for `rest` bytes from
 * SCRATCH_END on. */
bool kernel_around_reserved(long nr, uint64_t *start, uint64_t *len, uint64_t *rest);
/* The recording and replay halves of such a call. The replay half returns the call's result. */
void kernel_enter_range(struct call *c);
void kernel_exit_range(struct call *c);
int64_t kernel_replay_range(struct task *t, long nr, const uint64_t a[6]);

/* --- effects of calls that fail: replaying --- */

/* Makes what a call that failed has done, as its records say. nr: of the call that does that to a
 * part of its range; its third argument is c's. 1; 0: there are no records, as the trace is from
 * before there were any, or the call did nothing; -1 with rp->error. */
int kernel_replay_effects(struct replay_call *c, long nr);
/* Moves all mappings of the range, as mremap(2) does. 0, or -1 with rp->error. */
int kernel_replay_move(struct replay_call *c, uint64_t old, uint64_t len, uint64_t to);

/* --- replaying --- */

/* The most bytes that one call writes (linux/fs.h). */
#define KERNEL_RW_MAX PAGE_DOWN((uint64_t)INT32_MAX)

struct replaying_state {
	uint64_t anon_last; /* the last id given to shared memory without a file */
	size_t tidy_at; /* at this number of objects, those that no task has mapped are closed */
	/* Memory files of the current event's BACKING_DATA mappings, for its DATA_FILL records. */
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
		uint64_t object;   /* the object that holds what was mapped of it; 0: none */
		uint64_t size;
		int64_t mtime_ns;
	} * files;
	size_t nfiles;
};

/* Sets rp->error and returns -1. */
int kernel_replay_fail(struct replaying *rp, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same after a memory file could not grow (errno): a resource ran out, unless the trace demands
 * more than a file can hold. */
int kernel_replay_memory_fail(struct replaying *rp);

/* Makes one mapping. 0, or -1 with rp->error. */
int kernel_replay_map(struct replaying *rp, struct task *t, const struct trace_map *m);
/* Makes the mappings of the current event. 0, or -1 with rp->error. */
int kernel_replay_maps(struct replaying *rp, struct task *t);
/* Closes the memory files that were kept open for the contents of the previous event's mappings. */
void kernel_replay_fills_close(struct replaying *rp);
/* Maps a descriptor of this process into the task. */
int kernel_replay_map_fd(struct replaying *rp, struct task *t, const struct trace_map *m, int fd,
			 int open_flags, uint32_t flags, uint64_t offset);
/* Whether the range overlaps the agent. A hostile trace that put its code there could make real
 * calls. */
bool kernel_replay_touches_agent(uint64_t start, uint64_t len);
/* The memory file of an object. It is created if there is none yet. -1 with errno. */
int kernel_replay_object_fd(struct replaying *rp, uint64_t id);
int kernel_replay_add_shared(struct replaying *rp, struct task *t, const struct shared_map *s);
/* What is mapped there shows the record's object from now on, which has there what the record's
 * copy has. */
int kernel_replay_object_shows(struct replaying *rp, struct task *t, const struct trace_map *m);
/* Maps the object of s wherever s covers mappings of the task. In private mappings, the pages that
 * the task has written to are kept. */
int kernel_replay_object_map(struct replaying *rp, struct task *t, const struct shared_map *s);
/* Sets the debug registers of a DATA_DEBUG record. */
int kernel_replay_debug_registers(struct replaying *rp, struct task *t, const struct trace_data *d);

/* The code image of a BACKING_CODE mapping. The mapping is noted in the task's address space. NULL
 * with rp->error. */
const struct code_image *kernel_replay_code_map(struct replaying *rp, struct task *t,
						const struct trace_map *m);
void kernel_replay_codes_free(struct replaying *rp);

/* Notes the file of a mapping, for kernel_replay_file_open(). */
void kernel_replay_file_note(struct replaying *rp, const struct trace_map *m);
/* Opens a mapped file if it still has this size and modification time. -1 with rp->error. */
int kernel_replay_unchanged(struct replaying *rp, const char *path, uint64_t size, int64_t mtime_ns,
			    int open_flags);
/* The memory file that holds what was mapped shared of the file of that name. The descriptor stays
 * owned by the replay. -1: there is none. */
int kernel_replay_file_object(const struct replaying *rp, const char *path);
void kernel_replay_files_free(struct replaying *rp);

#endif
