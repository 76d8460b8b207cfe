/* The trace directory: its contents, its writer and its reader.
 *
 * A trace is five files. `version` and `args_env` are small and written as a whole; `events`,
 * `mmaps` and `data` are streams of compressed, checksummed blocks (formats/trace, rr-trace(5)). An
 * event owns the data and map records that were put since the previous event. Nothing here knows
 * about ptrace or running programs.
 *
 * Errors: functions that return int return 0 (or a count), or -1; then trace_strerror() or
 * trace_reader_error() is one line, ready to print after "rr-x: ". On a damaged trace no function
 * here exits, crashes, hangs or allocates more than TRACE_BLOCK_MAX.
 */
#ifndef RR_TRACE_H
#define RR_TRACE_H

#include "arch/regs.h"
#include "gen/trace_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The most raw bytes of a block. A header that claims more is damaged. */
#define TRACE_BLOCK_MAX (4u << 20)
/* The most bytes of a data record. The writer splits longer ones. */
#define TRACE_DATA_MAX (64u << 10)

/* The general registers of a task, in the order in which ptrace(2) gives them (arch/regs.h). */
#define TRACE_NREGS ARCH_NREGS
struct trace_regs {
	uint64_t r[TRACE_NREGS];
};

struct trace_event {
	uint64_t num;     /* 1, 2, 3 …: set by the writer and the reader */
	uint64_t time_ns; /* since the recording began (CLOCK_MONOTONIC) */
	uint64_t ticks;   /* of this task since it was created; 0 if nothing is counted */
	int32_t tid;      /* as rr-record saw it */
	/* EV_CLONE: the new task; EV_SYSCALL|EVF_EXEC: the task's id from now on; else 0 */
	int32_t other;
	uint8_t kind;   /* enum trace_kind */
	uint16_t flags; /* EVF_* */
	/* EV_SYSCALL, EV_ENTER, EV_CLONE: the call; for restart_syscall the call it restarts */
	uint16_t sysno;
	/* call: its result; signal: its number; exit: wait status; checksum: its value */
	int64_t result;
	struct trace_regs regs;  /* before the event: a replay must arrive with these */
	struct trace_regs after; /* after the event */
	uint32_t ndata, nmaps;   /* records this event owns: set by the writer and the reader */
	/* EV_SYSCALL, EV_ENTER, EV_CLONE, the first of them for a call: kernel/payload.h; 0: none
	 */
	uint32_t payload;
};

/* Debug registers of a DATA_DEBUG record. */
#define TRACE_DEBUG_REGS 5u

struct trace_data {
	uint8_t kind;    /* enum trace_data_kind */
	int32_t tid;     /* the task whose memory it is; 0: the event's task (a reader returns 0 for
			    that) */
	uint64_t object; /* DATA_SHARED, DATA_ZERO: id of the shared object; else 0 */
	uint64_t addr;
	uint64_t fill_len;    /* DATA_ZERO only */
	uint32_t len;         /* bytes below; 0 with DATA_ZERO */
	const uint8_t *bytes; /* reader: good until the next call on the reader; writer: copied */
};

struct trace_map {
	int32_t tid;             /* the task whose address space it is; 0: the event's task */
	uint8_t backing;         /* enum trace_backing */
	uint64_t start, len;     /* bytes, page-aligned */
	uint32_t prot, flags;    /* PROT_*, MAP_* of mmap(2) */
	uint64_t offset;         /* into the file or object, bytes */
	uint64_t object;         /* id of the shared object, or 0 */
	uint64_t dev, ino, size; /* of the mapped file, when mapped */
	int64_t mtime_ns;
	/* as the program's kernel names it; "[stack]", "[heap]"; "" if anonymous */
	const char *path;
	const char *copy;     /* name under files/; else "" */
	uint8_t build_id[20]; /* 0 if none */
	/* Of `copy`: bytes, and content_sum() of its contents; 0 if none was made */
	uint64_t copy_size, copy_sum;
};

/* The contents of args_env: NUL-separated "key=value" text. Arguments and environment repeat their
 * key, in order. */
struct trace_meta {
	char *exe, *cwd;
	char **argv, **envp; /* NULL-terminated */
	char *kernel;        /* uname -r */
	char *cpu_model;
	int cpu; /* the CPU to which all tasks were pinned */
	unsigned page_size;
	/* records that describe the CPU, six words each: arch_machine_records() */
	unsigned nleaves;
	uint32_t (*leaves)[6];
	char *counter; /* "none", "soft", "hpc", "step" */
};
void trace_meta_free(struct trace_meta *m);

/* --- writing --- */

struct trace_writer;

/* Creates the directory (mode 0700) and its files (0600), or takes an empty directory. With
 * `replace`, a trace that is there is removed first, but only if the directory holds nothing else;
 * otherwise the error is EEXIST. meta is copied. Another writer in the same directory is an error.
 * Blocks are compressed by a thread that takes no signals and may use the caller's current CPUs, so
 * pin the caller afterwards. */
struct trace_writer *trace_create(const char *dir, bool replace, const struct trace_meta *meta);
/* The recorded tasks run on this CPU: the thread avoids it or, if it may use no other, compresses
 * little. */
void trace_spare_cpu(struct trace_writer *w, int cpu);
/* Puts a record of the next event. Bytes are copied at once. Data longer than TRACE_DATA_MAX
 * becomes several records, with increasing `addr` where that has a meaning. -1: a reader would
 * refuse the record, or the disk is full or has failed; then all later calls fail, too, but
 * trace_close() can still be called. */
int trace_put_data(struct trace_writer *w, const struct trace_data *d);
int trace_put_map(struct trace_writer *w, const struct trace_map *m);
/* sets ev->num, ndata, nmaps */
int trace_put_event(struct trace_writer *w, struct trace_event *ev);
/* A new file under files/, named "<n>-<base>"; *name is malloc'd. Returns a descriptor, or -1. */
int trace_new_file(struct trace_writer *w, const char *base, char **name);
/* Adds the open file fd, which must never change, under such a name: by a link if possible, else as
 * a copy. 0 or -1. */
int trace_link_file(struct trace_writer *w, int fd, const char *base, char **name);
uint64_t trace_events_put(const struct trace_writer *w);
/* Writes what is buffered, and waits for that. Without this call it is written within about 100
 * ms. */
int trace_flush(struct trace_writer *w);
/* Flushes, and writes `version` if `complete` and nothing has failed. Frees w. */
int trace_close(struct trace_writer *w, bool complete);
/* Removes the trace, because nothing could be recorded. Frees w. */
void trace_discard(struct trace_writer *w);
/* The last error of this floor, one line, no newline. */
const char *trace_strerror(void);

/* The directory for a trace without a name: a new "<base of exe>-<n>" under $RR_TRACE_DIR or ~/.rr
 * (created if missing, 0700); malloc'd, NULL on error. */
char *trace_fresh_dir(const char *exe);
/* Links `latest-trace` beside dir to it, if dir is in the default place. Best effort. */
void trace_set_latest(const char *dir);

/* --- reading --- */

struct trace_reader;

/* dir NULL: latest-trace in the default place. follow: the trace may still be written, so its end
 * is not final. */
struct trace_reader *trace_open(const char *dir, bool follow);
const struct trace_meta *trace_reader_meta(const struct trace_reader *r);
const char *trace_reader_dir(const struct trace_reader *r);
const char *trace_reader_uuid(const struct trace_reader *r);
/* False if the recording did not end well (no `version`). */
bool trace_reader_complete(const struct trace_reader *r);
/* Whether a writer has it open. When following, the end is final if the trace is complete or no
 * longer live. */
bool trace_reader_live(const struct trace_reader *r);
/* The next event: 1; the end: 0; damage: -1. Unread records of the previous event are skipped. In a
 * trace without `version`, an incomplete last block is the end, not damage, and so is a block of
 * events whose records are missing. When following, call it again after the end. */
int trace_next(struct trace_reader *r, struct trace_event *ev);
/* The records of the event just read, in the order in which they were put: 1; no more: 0; damage:
 * -1. */
int trace_next_data(struct trace_reader *r, struct trace_data *d);
int trace_next_map(struct trace_reader *r, struct trace_map *m);
/* Makes trace_next() return event `num` next, or the end. Reads only the blocks that it needs. */
int trace_seek(struct trace_reader *r, uint64_t num);
/* Checks the whole trace: each block's checksum, the order, the counts, and that copies exist
 * and have the contents that their records or names say. 0,
 * or -1 with the first fault. Afterwards trace_next() returns event 1. quick: of blocks of data
 * only headers and checksums are checked, so that invalid records in them are not found. */
int trace_check(struct trace_reader *r, bool quick);
/* trace_check() calls this for copies that are code files: NULL, or in a few words what is wrong.
 */
void trace_check_code(struct trace_reader *r, const char *(*code)(int fd));
/* A plain file under files/, read-only; -1 if missing or the name leaves the directory. */
int trace_open_copy(struct trace_reader *r, const char *copy);
/* One line, no newline: what is wrong and where (stream, offset, event). */
const char *trace_reader_error(const struct trace_reader *r);
void trace_reader_close(struct trace_reader *r); /* NULL: nothing */

#endif
