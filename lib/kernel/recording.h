/* The kernel floor for the recorder: saves what system calls do.
 *
 * kernel_enter() at a call's syscall-entry-stop saves what the call reads and may change the task's
 * registers. kernel_exit() at its syscall-exit-stop saves every byte that the kernel wrote. What a
 * call reads and writes is in its row of formats/syscalls; a handler of this floor adds what a row
 * cannot say.
 */
#ifndef RR_KERNEL_RECORDING_H
#define RR_KERNEL_RECORDING_H

#include "kernel/payload.h"
#include "kernel/space.h"
#include "trace/subcode.h"
#include "trace/systab.h"
#include "trace/trace.h"
#include "tracee/task.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call;
struct code_image;

/* This floor's state of a recording. The recorder sets all members but `failed` and `own`, then
 * calls kernel_recording_begin(). */
struct recording {
	struct trace_writer *w;
	/* The trace can no longer be written, or lacks something that a replay needs. */
	bool failed;
	bool verbose;
	pid_t self; /* the recorder's process */
	/* The task with that tid if it is recorded, else NULL. */
	struct task *(*find)(struct recording *, pid_t);
	/* Whether any task has a mapping of this object. */
	bool (*mapped)(struct recording *, uint64_t object);
	/* Calls fn with a task of each address space. */
	void (*each_space)(struct recording *, void (*fn)(void *ctx, struct task *t), void *ctx);
	/* Emulates a ptrace(2) request: sets c->result, and c->note to the address and length of
	 * what was written to the caller's memory. */
	void (*ptrace)(struct recording *, struct call *c);
	/* Finds a task whose emulated tracer is the process of `by` and that is, or ended, in an
	 * emulated ptrace-stop which was not reported yet. which: as for waitpid(2). Returns its
	 * tid and sets *status. 0: there is none and will be none. -1: there is none yet. look:
	 * leave it waitable (WNOWAIT). */
	pid_t (*stopped_tracee)(struct recording *, struct task *by, pid_t which, bool look,
				int *status);
	/* The process of the task's emulated tracer; 0: none. */
	pid_t (*tracer)(struct recording *, const struct task *t);
	/* The letter that proc(5) has for a task which the recorder has stopped. */
	char (*state)(struct recording *, const struct task *t);
	/* Prints a warning, once for each `what`. */
	void (*warn)(struct recording *, const char *what, const char *why);
	/* Prints a line of progress. Only called if `verbose`. */
	void (*note)(struct recording *, const char *fmt, ...)
		__attribute__((format(printf, 2, 3)));
	int counter_fd; /* the counter page's memory file; -1: no code is counted */
	/* Rewritten code is not mapped. It only defines the counted edges. */
	bool look_only;
	int stdio[3];       /* the recorder's descriptors of its original standard streams */
	int affinity_bytes; /* size of the kernel's CPU mask */
	cpu_set_t allowed;  /* the CPUs on which rr-record was allowed to run */
	struct recording_state *own;
};

void kernel_recording_begin(struct recording *rec);
void kernel_recording_free(struct recording *rec);
/* False once the trace cannot be written any more, or something was not recorded because a resource
 * ran out (util/exhaustion.h). */
bool kernel_recording_sound(struct recording *rec);

enum verdict {
	CALL_MAKE,   /* the kernel executes the call */
	CALL_REFUSE, /* the kernel does not execute it; the program gets `result` */
};

/* What seccomp filters of the program's own make of a call: kernel/seccomp.c. */
struct filtered {
	enum {
		FILTERED_NOT,      /* it is made */
		FILTERED_ANSWERED, /* it is not made; `result` is what the program gets */
		FILTERED_TRACED,   /* its tracer is asked, with `data`; without one it fails */
		FILTERED_TRAPPED,  /* it is not made; SIGSYS is raised, with `data` */
		FILTERED_NOTIFIED, /* a supervisor is asked */
		FILTERED_KILLED,   /* the thread or its process ends */
	} how;
	uint32_t data;
	int64_t result;
	/* The program counter with which the kernel carries that out; 0: it does not. */
	uint64_t at;
};

/* An argument that points to scratch memory during the call. */
struct redirect {
	uint8_t arg;
	uint64_t at, len;
};

/* One system call, from its entry to its exit. */
struct call {
	struct recording *rec;
	struct task *t;
	const struct sys_desc *desc;
	const struct subcode *code; /* NULL: the call has none, or none that is known */
	uint16_t nr;
	uint64_t args[6];        /* as the program passed them */
	struct trace_regs entry; /* the program's registers at entry */
	bool changed;            /* the kernel got other registers: restore them at exit */
	bool in_place;           /* it writes to the program's memory, never to scratch memory */
	enum verdict verdict;
	struct filtered filtered; /* if it is, the verdict is to refuse it */
	int64_t result;
	uint16_t flags;  /* EVF_* for its event */
	uint32_t cap[6]; /* value-result lengths at entry, by argument */
	struct redirect redirects[6];
	int nredirects;
	/* Kept from the call's entry to its first event. */
	struct kept in;
	struct payload payload;
	uint64_t note[2]; /* for the handler, from entry to exit */
	/* The call has a code that is not known. What was in the memory that it may write is kept
	 * at its entry. */
	bool guessed;
	struct kept guess;
	struct look *look; /* at the files that its exit reads; NULL: none was needed */
};

void kernel_enter(struct call *c);
/* The same if the task is ending there: only saves what the call reads. */
void kernel_enter_only(struct call *c);
/* c->result is set. */
void kernel_exit(struct call *c);
/* To be called when the task sleeps in the call: saves what the kernel has written so far. */
void kernel_blocked(struct call *c);
/* To be called before kernel_exit() and kernel_record_exec(): whether they need files that a
 * process serves, at which another process, just forked, looks now. If so, they may be called when
 * that has ended or is abandoned, after kernel_look_take(). In the meantime other tasks may run. */
bool kernel_look_begin(struct call *c, bool execed);
/* To be called at the entry of the task's call, before all else: whether a page of a file that
 * another process serves is missing in its memory, and a process touches those pages now. */
bool kernel_touch_begin(struct recording *rec, struct task *t, struct call *c);
/* That process; 0: there is none, or it has ended. */
pid_t kernel_look_pid(const struct call *c);
void kernel_look_ended(struct call *c);
/* Ends it. What it has not read yet cannot be read. */
void kernel_look_abandon(struct call *c);
void kernel_look_take(struct call *c);
void kernel_look_free(struct call *c);
/* Hands the kept records to the writer. To be called before the event is put. */
void kernel_flush(struct call *c);
/* The checksum for the call's first event; for the others 0. bytes: of its buffers, as for
 * kernel_payload_end(). */
uint32_t kernel_take_payload(struct call *c, uint64_t bytes);
void kernel_call_free(struct call *c);
/* Whether the call may sleep so long that another task should run in the meantime. */
bool kernel_may_block(const struct call *c);

/* To be called once for the program's first task: the filter that it was started with, and what the
 * task gave up for that, are hidden from the program (tracee/call_filter.h). */
void kernel_filter_hide(struct recording *rec, struct task *t);
/* Asks the filters of a task that is at a syscall-entry-stop, registers read. */
struct filtered kernel_filter(struct task *t);
/* A supervisor's result says that the call is to be made. */
bool kernel_filter_continued(const struct call *c);
/* The call that has returned gave its task's filters to all threads of its process. */
bool kernel_filters_for_all_threads(const struct call *c);
/* Gives a task the filters of another, instead of its own. */
void kernel_filters_copy(struct task *to, const struct task *from);
void kernel_filters_release(struct task *t);

/* Records all mappings of a task that has just executed another program, and their contents. -1:
 * the task is gone. */
int kernel_record_exec(struct recording *rec, struct task *t);

/* Puts a record into the trace. After a failure kernel_recording_sound() is false. */
void kernel_put(struct recording *rec, const struct trace_data *d);
/* Puts DATA_OUT records of the task's memory, up to the first byte that cannot be read. */
void kernel_put_out(struct recording *rec, struct task *t, uint64_t addr, uint64_t len);
/* Puts the contents of the task's memory that other tasks can see: of shared objects, and all it
 * can write to if others have its address space. */
void kernel_put_visible(struct recording *rec, struct task *t);
/* The same as kernel_put_out() for the task of a call; addr may be 0. */
void kernel_call_out(struct call *c, uint64_t addr, uint64_t len);
/* Keeps a DATA_IN record with these bytes. */
void kernel_call_in_bytes(struct call *c, uint64_t addr, const void *bytes, size_t len);

/* Maps scratch memory for the task. The task must not be at a syscall-entry-stop, nor have a call
 * to restart. */
void kernel_scratch_map(struct task *t);
void kernel_scratch_release(struct task *t);

/* Makes an old call (arch/arch.h) in the task's place, with c->nr and c->args, and sets c->result.
 * False: the kernel would raise a signal. */
bool kernel_old_call(struct call *c);

/* The siginfo of SIGCHLD and waitid(2) for a task with this wait status. */
siginfo_t kernel_child_info(pid_t tid, int status);

/* Warns if the file is a program whose set-user-ID bit has no effect while it is traced. */
void kernel_warn_setuid(struct recording *rec, const char *file, const char *name);

/* Shows an emulated tracer the original code: replaces rewritten bytes in buf, which was read from
 * addr. */
void kernel_original_show(struct recording *rec, struct task *t, uint64_t addr, uint8_t *buf,
			  size_t n);
/* To be called after an emulated tracer wrote n bytes at addr: treats them as changes of the
 * original code, and records the task's memory. */
void kernel_original_written(struct recording *rec, struct task *t, uint64_t addr, uint64_t n);

/* Sets the debug registers that an emulated tracer asked for. Their addresses are those of the
 * original code. -1: the kernel refuses them, or (ESRCH) the task is not stopped. Recording and
 * replaying. */
int kernel_debug_registers_set(struct task *t, const uint64_t dr[TRACE_DEBUG_REGS]);

#endif
