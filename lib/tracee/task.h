/* Tasks under ptrace: registers, memory, calls made in their name, address spaces.
 *
 * A task here is stopped unless a function says otherwise. Functions that return int give 0 or -1
 * with errno; ESRCH means that the task has been killed meanwhile: its end will be reported by
 * waitpid.
 */
#ifndef RR_TASK_H
#define RR_TASK_H

#include "arch/ptrace.h"
#include "trace/trace.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The agent: two pages in every tracee, where only they are. The first holds a call instruction, a
 * breakpoint and (AGENT_CLOCK) a clock instruction, the second is rr's to write. Both exist in
 * recording and in replay; the program never uses them. They are where every sanitizer takes the
 * program's own mappings to be (tsan_platform.h, msan.h, asan_mapping.h), below where the kernel
 * begins to map. */
#define AGENT_ADDR 0x7e9000000000ul
#define AGENT_DATA (AGENT_ADDR + 0x1000)
#define AGENT_END (AGENT_ADDR + 0x2000)
#define AGENT_CALL_END (AGENT_ADDR + ARCH_SYSCALL_LEN)
/* Recording only: where a program that wants its time-stamp instructions to fault is sent to have
 * that. */
#define AGENT_CLOCK (AGENT_CALL_END + ARCH_BREAKPOINT_LEN)
/* Recording only: a piece of memory a thread, for the outputs of calls that wait
 * (kernel/scratch.c). */
#define SCRATCH_ADDR (AGENT_ADDR + 0x100000)
#define SCRATCH_SIZE 0x20000ul
#define SCRATCH_SLOTS 1024
#define SCRATCH_END (SCRATCH_ADDR + SCRATCH_SLOTS * SCRATCH_SIZE)

/* A breakpoint instruction in the program's memory, and the byte that is the program's. */
struct planted {
	uint64_t addr;
	uint8_t was;
	uint8_t len;   /* of the instruction, once it has a copy: replay/displace.h */
	uint8_t reg;   /* number of the register that the copy borrows, and 1; 0: none */
	uint16_t slot; /* of that copy; 0: none yet */
};

/* An address space, shared by the tasks that have it. */
struct mm {
	int refs;
	bool threads;            /* tasks have shared it that run side by side (not only vfork's) */
	uint64_t stack;          /* where the stack pointer was at exec */
	struct planted *planted; /* sorted by address */
	size_t nplanted;
	unsigned planted_as; /* which state of whose plans these are; 0: none */
	struct mm_parts *parts;
};
struct mm *mm_new(void);
/* A copy, as fork(2) makes it. */
struct mm *mm_fork(const struct mm *mm);
struct mm *mm_get(struct mm *mm);
void mm_put(struct mm *mm);

/* What a higher floor keeps of an address space: `size` bytes, zeroed at first. It is copied and
 * freed with the address space. */
struct mm_part_kind {
	size_t size;
	/* After a plain copy: gives the copy memory of its own. NULL: it points to none. */
	void (*copied)(void *part);
	/* Frees what it points to. */
	void (*clear)(void *part);
};
/* The address space's part of that kind; made where there is none yet. */
void *mm_part(const struct mm *mm, const struct mm_part_kind *kind);

/* What acts on a task fails with ESRCH when SIGKILL has ended it, at any moment. Each caller looks
 * at that, or says by task_gone_ok() that it need not: waitpid will report the end, and what was to
 * be done does not matter any more. */
#define TASK_CHECKED __attribute__((warn_unused_result))
static inline void task_gone_ok(int error)
{
	(void)error;
}

struct pending_signal {
	struct pending_signal *next;
	siginfo_t info;
	bool sent; /* given back to the kernel, which will report it with a siginfo of its own */
};

struct task {
	pid_t tid; /* of the live task */
	struct mm *mm;
	/* it has been stepped over an instruction, whose trap it is still to stop at */
	bool trap_due;
	bool away; /* its registers are the agent's, and `regs` what it has to go on with */
	struct trace_regs regs;         /* as of the last task_get_regs or task_set_regs */
	struct pending_signal *pending; /* came at no exact point; oldest first */
	cpu_set_t affinity;             /* the CPUs the program believes it may use */
	uint64_t scratch;               /* its piece of scratch memory; 0: none yet */
	bool clock_faults; /* the program asked for faulting clock instructions itself */
	uint64_t debug[TRACE_DEBUG_REGS]; /* registers that a tracer of the program's own has set */
	bool debugged;                    /* the CPU watches for that one */
	/* a bit for each of its watchpoints that has triggered; whoever reports that to the tracer
	 * clears it */
	unsigned triggered;
};

TASK_CHECKED int task_get_regs(struct task *t);
TASK_CHECKED int task_set_regs(struct task *t); /* from t->regs */
/* The result of a call alone: cheaper than all registers. The getter says so by errno. */
TASK_CHECKED int task_get_result(struct task *t, uint64_t *result);
TASK_CHECKED int task_set_result(struct task *t); /* from t->regs */
/* Resumes with a PTRACE_ request and signal. */
TASK_CHECKED int task_resume(struct task *t, int request, int sig);
/* After calls made in its name: its registers again, as they are in t->regs. */
TASK_CHECKED int task_restore(struct task *t);
/* The task stops (SIGTRAP, TRAP_HWBKPT) before the instruction there; 0: nowhere. A hardware
 * breakpoint: the code is as it was. -1: the kernel refuses that address. */
TASK_CHECKED int task_set_breakpoint(struct task *t, uint64_t pc);
/* Waits for this task's next stop or end, through EINTR; -1 with ECHILD if it is nobody's any more.
 */
TASK_CHECKED int task_wait(struct task *t, int *status);
TASK_CHECKED int task_siginfo(struct task *t, siginfo_t *info);

/* breakpoints.c: breakpoint instructions, in all tasks that share the memory. -1: nothing is mapped
 * there. */
TASK_CHECKED int task_plant(struct task *t, uint64_t addr);
void task_unplant(struct task *t, uint64_t addr);
void task_unplant_all(struct task *t);
struct planted *task_planted(const struct task *t, uint64_t addr); /* NULL: none there */
/* task_write() to the program's own bytes: what is planted there stays. */
TASK_CHECKED int task_write_own(struct task *t, uint64_t addr, const uint8_t *buf, size_t n);
/* Puts the program's own bytes in the place of breakpoints in what was read from addr on. */
void task_hide_planted(const struct task *t, uint64_t addr, uint8_t *buf, size_t n);

/* -1: the kernel refuses one. */
TASK_CHECKED int task_set_watches(struct task *t, const struct arch_watches *w);
/* Whether they trigger: under some hypervisors (PVM) the registers can be set without effect.
 * Makes a process to find out, the first time. */
bool task_watches_work(void);
/* A bit for each of those that have triggered since the last call. */
unsigned task_triggered(struct task *t);
/* Whether the signal it is stopped for comes from an instruction of its own, not from outside. */
bool task_raised(struct task *t, int sig);
/* The program asked for this instruction to fault, and it does so on this machine. */
bool task_clock_faults(const struct task *t, const struct arch_nondet *c);
/* That signal comes from a breakpoint instruction, which is done (SI_KERNEL:
 * arch/x86/kernel/traps.c). */
bool task_broken(const siginfo_t *info);
/* It comes from a debug register, and the access to memory is done: arch/x86/kernel/traps.c. */
bool task_watch_hit(const siginfo_t *info);
unsigned long task_event_msg(struct task *t);

/* Bytes read, short at the first page that cannot be; -1 if none. */
ssize_t task_read(struct task *t, uint64_t addr, void *buf, size_t n);
/* All n bytes or -1 (EFAULT). task_write also writes where the program may not. */
TASK_CHECKED int task_read_all(struct task *t, uint64_t addr, void *buf, size_t n);
TASK_CHECKED int task_write(struct task *t, uint64_t addr, const void *buf, size_t n);
/* The same for floors that know of no tasks: ctx is the task. */
int task_read_ctx(void *ctx, uint64_t addr, void *buf, size_t n);
int task_write_ctx(void *ctx, uint64_t addr, const void *buf, size_t n);
/* Only where the program may: -1 (EFAULT) otherwise. */
TASK_CHECKED int task_write_checked(struct task *t, uint64_t addr, const void *buf, size_t n);
/* A string of less than max bytes, NUL included in buf; its length, max - 1 if cut, -1 if
 * unreadable. */
ssize_t task_read_str(struct task *t, uint64_t addr, char *buf, size_t max);
/* The extended state: bytes, or -1. */
ssize_t task_get_xstate(struct task *t, void *buf, size_t max);
TASK_CHECKED int task_set_xstate(struct task *t, const void *buf, size_t n);
/* Areas that are set from now on come from a machine with this layout of them. */
void task_xstate_recorded(const struct arch_xlayout *there);

/* The task makes a call of its own through the agent's instruction; its registers come back as they
 * were. Not from a call's entry stop. Signals that come meanwhile go to t->pending. Returns the
 * kernel's result; -ESRCH if the task died. */
int64_t task_call(struct task *t, long nr, const uint64_t args[6]);
#define TASK_CALL(t, nr, ...) task_call(t, nr, (const uint64_t[6]){__VA_ARGS__})
/* send_fd.c: a descriptor of ours, opened anew with these flags (O_RDONLY, O_RDWR) or, where the
 * task cannot do that, shared with it; close-on-exec. The task's own descriptor of it, or -errno.
 */
TASK_CHECKED int64_t task_send_fd(struct task *t, int fd, int flags);
/* The same at once from any stop, for replay: signals from outside are dropped; *child, if not
 * NULL, becomes the task a clone has made, stopped. */
int64_t task_call_replay(struct task *t, long nr, const uint64_t args[6], pid_t *child);
#define TASK_CALL_REPLAY(t, nr, ...) task_call_replay(t, nr, (const uint64_t[6]){__VA_ARGS__}, NULL)
/* From an exec's event stop to its end: until then the kernel has yet to set the result, over
 * whatever registers are given to the task. */
TASK_CHECKED int task_finish_exec(struct task *t);
/* Maps the agent into a task that has just become another program (stopped after execve). */
TASK_CHECKED int task_map_agent(struct task *t);

struct pending_signal *task_add_pending(struct task *t, const siginfo_t *info); /* the last now */

/* One line of /proc/PID/maps. */
struct maps_line {
	uint64_t start, end, offset, ino;
	unsigned prot;
	bool shared;
	uint64_t dev; /* as makedev() */
	char path[4096];
};
struct maps_file;
struct maps_file *maps_open(pid_t tid);
bool maps_next(struct maps_file *f, struct maps_line *l);
void maps_close(struct maps_file *f);

/* Calls fn for each run of pages of [start, end) that hold data of the task's own (not the mapped
 * file's, not untouched zeroes). Source: Documentation/admin-guide/mm/pagemap.rst. shared: pages of
 * shared memory too. */
int pagemap_each(pid_t tid, uint64_t start, uint64_t end, bool shared,
		 int (*fn)(void *ctx, uint64_t start, uint64_t len), void *ctx);

/* A field of /proc/PID/stat, counted from 1 as in proc(5), 3 and up; as a number (field 3: the
 * letter). */
uint64_t proc_stat_field(pid_t tid, int field);
/* A hexadecimal mask from /proc/PID/status, such as "SigCgt". */
uint64_t proc_status_mask(pid_t tid, const char *name);
pid_t proc_tgid(pid_t tid);
/* Some process, perhaps one that has ended, is its child. */
bool proc_has_child(pid_t pid);
/* The file that a line of /proc/PID/maps names, for reading; -1: it is not there any more. */
int proc_open_mapped(pid_t tid, const char *path, uint64_t ino);
/* The task's id in its own process-id namespace. */
pid_t proc_inner_tid(pid_t tid);

/* How far its stack may grow, bytes; as far as this machine's hard limit allows. */
void task_set_stack_limit(struct task *t, uint64_t bytes);

/* A checksum of the private writable memory of the task's address space; zero pages and absent ones
 * are the same. sps: stack pointers of all tasks that share it. What lies below a stack
 * pointer and its ARCH_RED_ZONE is dead and does not count: it may hold saved extended state, whose
 * header depends on context switches (Intel SDM vol. 1, 13.6). */
TASK_CHECKED int task_checksum(struct task *t, const uint64_t *sps, size_t nsps, uint64_t *sum);

#endif
