/* Tasks under ptrace: stops, registers and memory. Other headers of this floor have the rest:
 * address_space.h, breakpoints.h, injected_calls.h, procfs.h, reserved.h, waitstatus.h,
 * watchpoints.h.
 *
 * A task here is stopped unless a function says otherwise. Functions that return int return 0, or
 * -1 with errno. ESRCH means that the task was killed; waitpid will report its end.
 */
#ifndef RR_TASK_H
#define RR_TASK_H

#include "arch/ptrace.h"
#include "trace/trace.h"

#include <bsd/sys/queue.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* For functions that act on a task: they fail with ESRCH once SIGKILL has ended it, which can be at
 * any moment. Callers check for that, or ignore it by task_gone_ok(): waitpid will report the end,
 * and what was to be done does not matter any more. */
#define TASK_CHECKED __attribute__((warn_unused_result))
static inline void task_gone_ok(int error)
{
	(void)error;
}

struct seccomp_filter;

struct pending_signal {
	STAILQ_ENTRY(pending_signal) link;
	siginfo_t info;
	bool sent; /* sent to the task through the kernel, which will report it with another siginfo
		    */
};

struct task {
	pid_t tid; /* of the live task */
	struct mm *mm;
	/* it was stepped over an instruction, and the trap has not been reported yet */
	bool trap_due;
	/* It is stopped at the entry of a call that it skips when it is resumed: call_filter.h. */
	bool skips;
	bool away;              /* it executes the agent; `regs` are the program's registers */
	struct trace_regs regs; /* as of the last task_get_regs or task_set_regs */
	STAILQ_HEAD(, pending_signal) pending; /* deferred to an exact point; oldest first */
	cpu_set_t affinity;                    /* the affinity that the program has set */
	uint64_t scratch;                      /* address of its scratch memory; 0: none yet */
	bool paths_wait;   /* to resolve a path, it may have to wait for another task */
	bool clock_faults; /* the program has asked for clock instructions to fault */
	/* kernel/seccomp.c: its seccomp filters, the last first, and the one that its call
	 * installs; it is in mode 1; where its last filtered call returns to */
	struct seccomp_filter *filters, *installing;
	bool strict;
	bool no_new_privs; /* prctl(2), as the program knows it */
	uint64_t filtered_pc;
	uint64_t debug[TRACE_DEBUG_REGS]; /* debug registers, as the emulated tracer has set them */
	bool debugged;                    /* some of them are in use */
	/* a bit for each of their watchpoints that has triggered, until that is reported to the
	 * tracer */
	unsigned triggered;
};

/* t is zeroed. It takes over the reference to mm, if that is not NULL. */
void task_init(struct task *t, pid_t tid, struct mm *mm);
/* Frees its pending signals; mm is the caller's again. */
void task_clear(struct task *t);

TASK_CHECKED int task_get_regs(struct task *t);
TASK_CHECKED int task_set_regs(struct task *t); /* from t->regs */
/* The result register of a call only, which is cheaper than all registers. */
TASK_CHECKED int task_get_result(struct task *t, uint64_t *result);
TASK_CHECKED int task_set_result(struct task *t); /* from t->regs */
/* Resumes with a PTRACE_ request and signal. */
TASK_CHECKED int task_resume(struct task *t, int request, int sig);
/* After injected calls: restores the registers from t->regs. */
TASK_CHECKED int task_restore(struct task *t);
/* Waits for this task's next stop or end, whatever signals come. -1 with ECHILD if it is not traced
 * any more. */
TASK_CHECKED int task_wait(struct task *t, int *status);
TASK_CHECKED int task_siginfo(struct task *t, siginfo_t *info);

/* Whether the signal of its signal-delivery-stop was raised by an instruction, not sent. */
bool task_raised(struct task *t, int sig);
/* Whether the program has asked for this instruction to fault, and it does on this machine. */
bool task_clock_faults(const struct task *t, const struct arch_nondet *c);
unsigned long task_event_msg(struct task *t);

/* Returns the number of bytes up to the first page that cannot be read; -1 if there are none. */
ssize_t task_read(struct task *t, uint64_t addr, void *buf, size_t n);
/* All n bytes, or -1 (EFAULT). task_write() also writes where the program may not. */
TASK_CHECKED int task_read_all(struct task *t, uint64_t addr, void *buf, size_t n);
TASK_CHECKED int task_write(struct task *t, uint64_t addr, const void *buf, size_t n);
/* The same for floors that do not know tasks: ctx is the task. */
int task_read_ctx(void *ctx, uint64_t addr, void *buf, size_t n);
int task_write_ctx(void *ctx, uint64_t addr, const void *buf, size_t n);
/* Writes only where the program may: -1 (EFAULT) otherwise. */
TASK_CHECKED int task_write_checked(struct task *t, uint64_t addr, const void *buf, size_t n);
/* Reads a string into buf, at most max bytes with the NUL. Returns its length, max - 1 if it was
 * cut, -1 if it cannot be read. */
ssize_t task_read_str(struct task *t, uint64_t addr, char *buf, size_t max);
/* Reads the extended state: its length in bytes, or -1. */
ssize_t task_get_xstate(struct task *t, void *buf, size_t max);
TASK_CHECKED int task_set_xstate(struct task *t, const void *buf, size_t n);
/* Extended states that are set from now on have the layout of this machine. */
void task_xstate_recorded(const struct arch_xlayout *there);

/* Appends a pending signal. */
struct pending_signal *task_add_pending(struct task *t, const siginfo_t *info);
void task_remove_pending(struct task *t, struct pending_signal *s); /* frees it */
/* The oldest that is not `sent`; NULL: none. */
struct pending_signal *task_first_pending(const struct task *t);

/* Sets the limit of its stack in bytes, as far as this machine's hard limit allows. */
void task_set_stack_limit(struct task *t, uint64_t bytes);

/* A checksum of the private writable memory of the task's address space. Zero pages count like
 * absent ones. sps: stack pointers of all tasks of the address space. Memory below a stack pointer
 * and its ARCH_RED_ZONE is dead and is left out: it may hold saved extended state, whose header
 * depends on context switches (Intel SDM vol. 1, 13.6). */
TASK_CHECKED int task_checksum(struct task *t, const uint64_t *sps, size_t nsps, uint64_t *sum);

#endif
