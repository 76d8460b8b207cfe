/* A debugger's view of a replay: one position of the run at a time, reached forwards or backwards.
 *
 * What belongs to the tool is hidden: code reads as in its file, a task in rewritten code shows the
 * pc of the original instruction, and a step goes from one original instruction to the next. Tasks
 * are named by their ids in the recording. Functions that return int return 0, or -1 with
 * debug_error(). Nothing is printed. What replay.h says about the calling process holds here, too.
 */
#ifndef RR_DEBUG_H
#define RR_DEBUG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct debug;
struct replay_report; /* replay/replay.h */
struct trace_regs;    /* arch/arch.h */

/* A position in the run; positions are totally ordered. As text: EVENT, EVENT:TICKS or
 * EVENT:TICKS+INSNS. */
struct debug_position {
	uint64_t event; /* the last that has been applied */
	uint64_t ticks; /* of the task of the next event, which runs */
	/* instructions executed since that tick, or since the event if that is later */
	uint64_t insns;
};
#define DEBUG_POSITION_MAX 80
void debug_position_print(char text[DEBUG_POSITION_MAX], const struct debug_position *p);
/* False: the text is not a position. */
bool debug_position_parse(struct debug_position *p, const char *text);
/* Below 0: a is before b. */
int debug_position_compare(const struct debug_position *a, const struct debug_position *b);

struct debug_options {
	const char *trace; /* its directory; NULL: the latest */
	/* Called often while the replay runs; true: stop (DEBUG_STOP_INTERRUPT). May be NULL. */
	bool (*poll)(void *ctx);
	/* Bytes that the program writes to stdout (1) and stderr (2), each only once, however often
	 * the replay passes there. May be NULL. */
	void (*output)(void *ctx, int stream, const void *bytes, size_t n);
	/* The replay cannot go on, or cannot begin: why. Called once. May be NULL. */
	void (*failed)(void *ctx, const struct replay_report *r);
	void *ctx;
};
/* Opens a trace, at the program's first instruction. NULL: it cannot be opened, and failed() has
 * been called. */
struct debug *debug_open(const struct debug_options *o);
/* Ends all processes of the replay, and frees d. */
void debug_close(struct debug *d);
/* Why the last function failed: one line without a newline, owned by d. */
const char *debug_error(const struct debug *d);

/* --- what is at the current position --- */

struct debug_thread {
	pid_t pid, tid;
	bool next;      /* runs next */
	bool in_call;   /* inside a system call */
	uint16_t sysno; /* number of that call */
	uint64_t ticks;
	char name[16];
};
/* All tasks of all processes, the current one first. *n: how many. The caller frees the list. */
struct debug_thread *debug_threads(struct debug *d, size_t *n);
/* The task that the last stop was about, or else the one that runs next. */
pid_t debug_current(const struct debug *d);
struct debug_position debug_here(struct debug *d);
/* The last event of the trace, and the time from the beginning of the recording to here, ns. */
uint64_t debug_last_event(const struct debug *d);
uint64_t debug_elapsed_ns(const struct debug *d);

int debug_get_regs(struct debug *d, pid_t tid, struct trace_regs *g);
int debug_set_regs(struct debug *d, pid_t tid, const struct trace_regs *g);
/* The extended state, as ptrace(2) gives it. Returns bytes, or -1. */
ssize_t debug_get_xstate(struct debug *d, pid_t tid, void *buf, size_t max);
int debug_set_xstate(struct debug *d, pid_t tid, const void *buf, size_t n);
/* Returns bytes read, fewer than n if a page is not mapped; -1 if the first is not. */
ssize_t debug_read(struct debug *d, pid_t tid, uint64_t addr, void *buf, size_t n);
int debug_write(struct debug *d, pid_t tid, uint64_t addr, const void *buf, size_t n);
/* Writing registers or memory begins a diversion: copies of all tasks at this point. Until it is
 * ended, debug_resume() runs the copies, and their system calls are answered as rr-gdb(1) says.
 * Ending it discards the copies and returns to the point where it began. */
bool debug_diversion(const struct debug *d);
void debug_diversion_end(struct debug *d);

/* The ELF auxiliary vector as the recorded kernel gave it. Returns bytes, or -1. */
ssize_t debug_auxv(struct debug *d, pid_t pid, void *buf, size_t max);
/* The name of the program's file; owned by d, valid until the next call. */
const char *debug_exec_file(struct debug *d, pid_t pid);
/* The siginfo_t of the signal that the task has stopped for. Returns bytes, or -1. */
ssize_t debug_siginfo(struct debug *d, pid_t tid, void *buf, size_t max);
/* A descriptor of a mapped file with its recorded contents: the trace's copy, or else the file of
 * that name if it is unchanged. The caller closes it. -1: neither. */
int debug_open_file(struct debug *d, const char *path);

struct debug_map {
	uint64_t start, end, offset;
	int prot;
	bool shared;
	char path[4096];
};
/* Calls fn for each mapping of the program, in order of addresses, until fn returns false. */
int debug_maps(struct debug *d, pid_t pid, bool (*fn)(void *ctx, const struct debug_map *m),
	       void *ctx);

/* --- breakpoints and watchpoints --- */

enum debug_break {
	DEBUG_BREAK_SOFT,
	DEBUG_BREAK_HARD,
	DEBUG_WATCH_WRITE,
	DEBUG_WATCH_READ,
	DEBUG_WATCH_ACCESS
};

/* pid: the process. len: bytes of a watchpoint, at most 4096; ignored for breakpoints. when:
 * whether a task that has come there shall stop; NULL: always. It may inspect the task, but change
 * nothing. Adding the same breakpoint again replaces its condition. Positions are the same with and
 * without breakpoints. */
int debug_break_add(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr, uint64_t len,
		    bool (*when)(void *ctx, pid_t tid), void *ctx);
int debug_break_remove(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr,
		       uint64_t len);
void debug_break_remove_all(struct debug *d);

/* Events to stop at. Bits of the words are call or signal numbers. */
struct debug_catch {
	uint64_t signals;  /* bit N-1: signal N stops */
	bool calls;        /* entries and returns of calls stop */
	uint64_t only[16]; /* … of these calls only; all 0: of any */
	bool forks, execs, threads;
};
void debug_catch_set(struct debug *d, const struct debug_catch *c);

/* --- resuming --- */

enum debug_stop_kind {
	DEBUG_STOP_STEP,  /* what was asked for is done */
	DEBUG_STOP_BREAK, /* at the task's pc: `hard` says of which kind */
	/* `addr` is the watchpoint's, `watch` its kind; the access comes before this
	   position, or after it if the replay ran backwards */
	DEBUG_STOP_WATCH,
	DEBUG_STOP_SIGNAL,      /* `number` is about to be delivered to the task */
	DEBUG_STOP_CALL_ENTRY,  /* of call `number` */
	DEBUG_STOP_CALL_RETURN, /* of call `number` */
	DEBUG_STOP_FORK,        /* `other` is the new process */
	DEBUG_STOP_VFORK,
	DEBUG_STOP_THREAD,     /* `other` is the new thread */
	DEBUG_STOP_THREAD_END, /* the task's end; `number` its exit status */
	DEBUG_STOP_EXEC,       /* debug_exec_file() is the new program */
	/* a process, not the last, has ended: `number` is its wait status, `pid` its id */
	DEBUG_STOP_EXIT,
	DEBUG_STOP_BEGIN, /* of the run */
	/* of the run: the last process is about to end, or the trace ends */
	DEBUG_STOP_END,
	DEBUG_STOP_INTERRUPT, /* poll() said so */
	DEBUG_STOP_FAILED     /* the replay cannot go on: debug_error() */
};

struct debug_stop {
	enum debug_stop_kind kind;
	pid_t pid, tid; /* the task that it is about, which is current from now on */
	int number;
	pid_t other;
	uint64_t addr;
	enum debug_break watch;
	bool hard;
};

struct debug_resume {
	bool backward;
	/* this task executes one instruction, and others run before it as recorded; 0: all run
	 * until a stop */
	pid_t step;
	uint64_t lo, hi; /* step: repeat while its pc is in [lo, hi); both 0: once */
};
/* Runs until something stops it. A breakpoint at the current position does not. */
void debug_resume(struct debug *d, const struct debug_resume *go, struct debug_stop *stop);
/* To a position, or the first after it that exists. Only INTERRUPT, END and FAILED stop it before.
 */
void debug_seek(struct debug *d, const struct debug_position *p, struct debug_stop *stop);

struct debug_figures {
	uint64_t checkpoints, bytes; /* how many, and memory that is theirs alone */
	uint64_t forks, events_replayed;
};
struct debug_figures debug_figures(struct debug *d);

#endif
