/* A debugger's view of a replay: one point of the run at a time, reached from either side.
 *
 * What rr put into the program is not seen: code reads as the file's, a task in rewritten code
 * stands at the original's instruction, a step goes from original instruction to original
 * instruction. Tasks are named by the pids and tids of the recording. Functions that return int
 * give 0, or -1 with debug_error().
 */
#ifndef RR_DEBUG_H
#define RR_DEBUG_H

#include "arch/arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct debug;
struct replay_report; /* replay/replay.h */

/* A point of the run, in total order. Text form: EVENT, EVENT:TICKS or EVENT:TICKS+INSNS. */
struct debug_position {
	uint64_t event; /* the last that has been applied; the task of the next runs */
	uint64_t ticks; /* that this task has made */
	/* instructions executed since it made them, or since the event if that is later */
	uint64_t insns;
};
#define DEBUG_POSITION_MAX 80
void debug_position_print(char text[DEBUG_POSITION_MAX], const struct debug_position *p);
/* False: not a position. */
bool debug_position_parse(struct debug_position *p, const char *text);
int debug_position_compare(const struct debug_position *a, const struct debug_position *b);

struct debug_options {
	const char *trace; /* NULL: the latest */
	/* While something runs, often: true to stop it (DEBUG_STOP_INTERRUPT). May be NULL. */
	bool (*poll)(void *ctx);
	/* What the program writes to its standard output (1) and error (2), each byte once, however
	 * often it runs there; NULL: nowhere. */
	void (*output)(void *ctx, int stream, const void *bytes, size_t n);
	/* The replay cannot go on, or cannot begin: why. Called once. May be NULL. */
	void (*failed)(void *ctx, const struct replay_report *r);
	void *ctx;
};
/* At the program's first instruction. NULL: it cannot be opened, and failed() has been
 * called. */
struct debug *debug_open(const struct debug_options *o);
/* Leaves no process behind. */
void debug_close(struct debug *d);
/* One line, no newline. */
const char *debug_error(const struct debug *d);

/* --- what is there at this point
 * ---------------------------------------------------------------------- */

struct debug_thread {
	pid_t pid, tid;
	bool next;      /* runs next */
	bool in_call;   /* the kernel is at work for it, or keeps it waiting */
	uint16_t sysno; /* in that call */
	uint64_t ticks;
	char name[16];
};
/* All tasks of all processes, the current one first; n of them, the caller's to free(). */
struct debug_thread *debug_threads(struct debug *d, size_t *n);
/* The task that runs next at this point, or that the last stop is about. */
pid_t debug_current(const struct debug *d);
struct debug_position debug_here(struct debug *d);
/* The last event, and time since the recording began, ns. */
uint64_t debug_last_event(const struct debug *d);
uint64_t debug_elapsed_ns(const struct debug *d);

int debug_get_regs(struct debug *d, pid_t tid, struct trace_regs *g);
int debug_set_regs(struct debug *d, pid_t tid, const struct trace_regs *g);
/* The XSAVE area, standard format (Intel SDM vol. 1, 13.4); bytes or -1. */
ssize_t debug_get_xstate(struct debug *d, pid_t tid, void *buf, size_t max);
int debug_set_xstate(struct debug *d, pid_t tid, const void *buf, size_t n);
/* Bytes read, short at the first page that is not there; -1 if none. */
ssize_t debug_read(struct debug *d, pid_t tid, uint64_t addr, void *buf, size_t n);
int debug_write(struct debug *d, pid_t tid, uint64_t addr, const void *buf, size_t n);
/* Writing registers or memory begins a diversion: copies of all tasks at this point. Until it is
 * ended, debug_resume() runs the copies, and their system calls are answered as rr-gdb(1) says.
 * Ending it discards the copies and returns to the point where it began. */
bool debug_diversion(const struct debug *d);
void debug_diversion_end(struct debug *d);

/* ELF auxiliary vector as the program's kernel gave it; bytes or -1. */
ssize_t debug_auxv(struct debug *d, pid_t pid, void *buf, size_t max);
/* The program's file as it was named; valid until the next call. NULL: none yet. */
const char *debug_exec_file(struct debug *d, pid_t pid);
/* The siginfo_t of the signal the task has stopped for; bytes or -1. */
ssize_t debug_siginfo(struct debug *d, pid_t tid, void *buf, size_t max);
/* A descriptor of the contents that a mapped file had when it was recorded, or -1. The trace's copy
 * comes first; the file of that name on this machine only if it is unchanged. */
int debug_open_file(struct debug *d, const char *path);

struct debug_map {
	uint64_t start, end, offset;
	int prot;
	bool shared;
	char path[4096];
};
/* Calls fn for each mapping as the program would see them; fn returns false to stop. */
int debug_maps(struct debug *d, pid_t pid, bool (*fn)(void *ctx, const struct debug_map *m),
	       void *ctx);

/* --- points to stop at
 * --------------------------------------------------------------------------------- */

enum debug_break {
	DEBUG_BREAK_SOFT,
	DEBUG_BREAK_HARD,
	DEBUG_WATCH_WRITE,
	DEBUG_WATCH_READ,
	DEBUG_WATCH_ACCESS
};

/* pid: whose memory. len: bytes of a watchpoint, else ignored. when: whether a task that has come
 * there is to stop; NULL: always; it may look at the task by the functions above, not change
 * anything. The same point twice is one, with the condition given last. Positions where the point
 * is are not changed by it. */
int debug_break_add(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr, uint64_t len,
		    bool (*when)(void *ctx, pid_t tid), void *ctx);
int debug_break_remove(struct debug *d, pid_t pid, enum debug_break kind, uint64_t addr,
		       uint64_t len);
void debug_break_remove_all(struct debug *d);

/* Events to stop at as well. Bits of the words: call or signal numbers. */
struct debug_catch {
	uint64_t signals;  /* bit N-1: signal N stops */
	bool calls;        /* stops at a call's entry and return … */
	uint64_t only[16]; /* … of these numbers; all 0: of any */
	bool forks, execs, threads;
};
void debug_catch_set(struct debug *d, const struct debug_catch *c);

/* --- moving
 * --------------------------------------------------------------------------------------------- */

enum debug_stop_kind {
	DEBUG_STOP_STEP,  /* has done what was asked */
	DEBUG_STOP_BREAK, /* breakpoint at the task's pc: `hard` says of which kind */
	/* `addr` is the watchpoint's, `watch` its kind; the access has just been made, or
	   backwards, comes next */
	DEBUG_STOP_WATCH,
	DEBUG_STOP_SIGNAL,      /* `number` is about to act on the task */
	DEBUG_STOP_CALL_ENTRY,  /* of call `number` */
	DEBUG_STOP_CALL_RETURN, /* of call `number` */
	DEBUG_STOP_FORK,        /* `other` is the new process */
	DEBUG_STOP_VFORK,
	DEBUG_STOP_THREAD,     /* `other` is the new thread */
	DEBUG_STOP_THREAD_END, /* the task's end; `number` its exit status */
	DEBUG_STOP_EXEC,       /* debug_exec_file() is the new program */
	/* a process, not the last, has ended: `number` is its wait status, `pid` its id */
	DEBUG_STOP_EXIT,
	DEBUG_STOP_BEGIN, /* there is nothing before */
	/* there is nothing behind: the last process is about to end, or the trace does */
	DEBUG_STOP_END,
	DEBUG_STOP_INTERRUPT, /* poll() said so */
	DEBUG_STOP_FAILED     /* cannot go on: debug_error() */
};

struct debug_stop {
	enum debug_stop_kind kind;
	pid_t pid, tid; /* whom it is about; the current task from now on */
	int number;
	pid_t other;
	uint64_t addr;
	enum debug_break watch;
	bool hard;
};

struct debug_resume {
	bool backward;
	/* this task goes one instruction (others as recorded, before it); 0: until a stop */
	pid_t step;
	uint64_t lo, hi; /* step: goes on while its pc is in [lo, hi); both 0: one instruction */
};
/* Moves until something stops it. A point at which a breakpoint is, is left first. */
void debug_resume(struct debug *d, const struct debug_resume *go, struct debug_stop *stop);
/* To a point, or the first behind it that there is, without other stops but INTERRUPT, END and
 * TROUBLE. */
void debug_seek(struct debug *d, const struct debug_position *p, struct debug_stop *stop);

struct debug_figures {
	uint64_t checkpoints, bytes; /* that they hold for themselves */
	uint64_t forks, events_replayed;
};
struct debug_figures debug_figures(struct debug *d);

#endif
