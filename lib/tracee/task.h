/* Tasks under ptrace: registers, memory, injected calls, address spaces.
 *
 * A task here is stopped unless a function says otherwise. Functions that return int return 0, or
 * -1 with errno. ESRCH means that the task was killed; waitpid will report its end.
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

/* The agent: two pages at a fixed address in every tracee, in recording and replay. The first has a
 * call instruction, a breakpoint and (AGENT_CLOCK) a clock instruction; the tool writes to the
 * second. The program uses neither. Every sanitizer takes this address for one of the program's own
 * mappings (tsan_platform.h, msan.h, asan_mapping.h), and the kernel maps above it. */
#define AGENT_ADDR 0x7e9000000000ul
#define AGENT_DATA (AGENT_ADDR + 0x1000)
#define AGENT_END (AGENT_ADDR + 0x2000)
#define AGENT_CALL_END (AGENT_ADDR + ARCH_SYSCALL_LEN)
/* Recording only: a time-stamp instruction, executed for programs that have asked for such
 * instructions to fault. */
#define AGENT_CLOCK (AGENT_CALL_END + ARCH_BREAKPOINT_LEN)
/* Recording only: scratch memory for each thread, for outputs of calls that block
 * (kernel/scratch.c). */
#define SCRATCH_ADDR (AGENT_ADDR + 0x100000)
#define SCRATCH_SIZE 0x20000ul
#define SCRATCH_SLOTS 1024
#define SCRATCH_END (SCRATCH_ADDR + SCRATCH_SLOTS * SCRATCH_SIZE)

/* A breakpoint instruction in the program's memory, and the original byte. */
struct breakpoint {
	uint64_t addr;
	uint8_t was;
	uint8_t len;   /* of the instruction, once it has a copy: replay/displace.h */
	uint8_t reg;   /* 1 + the number of the register that the copy borrows; 0: none */
	uint16_t slot; /* of that copy; 0: none yet */
};

/* An address space, shared by its tasks. */
struct mm {
	int refs;
	bool threads;   /* several tasks have used it at the same time, not only by vfork(2) */
	uint64_t stack; /* the stack pointer after exec */
	struct breakpoint *breakpoints; /* sorted by address */
	size_t nbreakpoints;
	/* which state of the debugger's points is inserted; 0: none */
	unsigned breakpoints_plan;
	struct mm_parts *parts;
};
struct mm *mm_new(void);
/* A copy, as fork(2) makes it. */
struct mm *mm_fork(const struct mm *mm);
struct mm *mm_get(struct mm *mm);
void mm_put(struct mm *mm);

/* A higher floor's part of an address space: `size` bytes, zeroed at first, which are copied and
 * freed with the address space. */
struct mm_part_kind {
	size_t size;
	/* Called after a plain copy: copies the memory to which the part points. NULL: there is
	 * none. */
	void (*copied)(void *part);
	/* Frees what it points to. */
	void (*clear)(void *part);
};
/* The address space's part of that kind. It is created if there is none yet. */
void *mm_part(const struct mm *mm, const struct mm_part_kind *kind);

/* For functions that act on a task: they fail with ESRCH once SIGKILL has ended it, which can be at
 * any moment. Callers check for that, or ignore it by task_gone_ok(): waitpid will report the end,
 * and what was to be done does not matter any more. */
#define TASK_CHECKED __attribute__((warn_unused_result))
static inline void task_gone_ok(int error)
{
	(void)error;
}

struct pending_signal {
	struct pending_signal *next;
	siginfo_t info;
	bool sent; /* sent to the task through the kernel, which will report it with another siginfo
		    */
};

struct task {
	pid_t tid; /* of the live task */
	struct mm *mm;
	/* it was stepped over an instruction, and the trap has not been reported yet */
	bool trap_due;
	bool away;              /* it executes the agent; `regs` are the program's registers */
	struct trace_regs regs; /* as of the last task_get_regs or task_set_regs */
	struct pending_signal *pending; /* deferred to an exact point; oldest first */
	cpu_set_t affinity;             /* the affinity that the program has set */
	uint64_t scratch;               /* address of its scratch memory; 0: none yet */
	bool clock_faults;              /* the program has asked for clock instructions to fault */
	uint64_t debug[TRACE_DEBUG_REGS]; /* debug registers, as the emulated tracer has set them */
	bool debugged;                    /* some of them are in use */
	/* a bit for each of their watchpoints that has triggered, until that is reported to the
	 * tracer */
	unsigned triggered;
};

TASK_CHECKED int task_get_regs(struct task *t);
TASK_CHECKED int task_set_regs(struct task *t); /* from t->regs */
/* The result register of a call only, which is cheaper than all registers. */
TASK_CHECKED int task_get_result(struct task *t, uint64_t *result);
TASK_CHECKED int task_set_result(struct task *t); /* from t->regs */
/* Resumes with a PTRACE_ request and signal. */
TASK_CHECKED int task_resume(struct task *t, int request, int sig);
/* After injected calls: restores the registers from t->regs. */
TASK_CHECKED int task_restore(struct task *t);
/* Sets a hardware breakpoint: the task will stop (SIGTRAP, TRAP_HWBKPT) before the instruction at
 * pc. 0 removes it. -1: the kernel refuses the address. */
TASK_CHECKED int task_set_hw_breakpoint(struct task *t, uint64_t pc);
/* Waits for this task's next stop or end, whatever signals come. -1 with ECHILD if it is not traced
 * any more. */
TASK_CHECKED int task_wait(struct task *t, int *status);
TASK_CHECKED int task_siginfo(struct task *t, siginfo_t *info);

/* breakpoints.c: breakpoint instructions, for all tasks of the address space. -1: nothing is mapped
 * there. */
TASK_CHECKED int task_insert_breakpoint(struct task *t, uint64_t addr);
void task_remove_breakpoint(struct task *t, uint64_t addr);
void task_remove_breakpoints(struct task *t);
struct breakpoint *task_find_breakpoint(const struct task *t,
					uint64_t addr); /* NULL: there is none */
/* Like task_write(), but breakpoints in the range stay. */
TASK_CHECKED int task_write_program(struct task *t, uint64_t addr, const uint8_t *buf, size_t n);
/* Replaces breakpoints by the original bytes in buf, which was read from addr. */
void task_hide_breakpoints(const struct task *t, uint64_t addr, uint8_t *buf, size_t n);

/* Sets watchpoints by debug registers. -1: the kernel refuses one. */
TASK_CHECKED int task_set_watchpoints(struct task *t, const struct arch_watchpoints *w);
/* Whether debug registers work: under some hypervisors (PVM) they can be set without effect. The
 * first call creates a process to find out. */
bool task_watchpoints_work(void);
/* A bit for each watchpoint that has triggered since the last call. */
unsigned task_triggered_watchpoints(struct task *t);
/* Whether the signal of its signal-delivery-stop was raised by an instruction, not sent. */
bool task_raised(struct task *t, int sig);
/* Whether the program has asked for this instruction to fault, and it does on this machine. */
bool task_clock_faults(const struct task *t, const struct arch_nondet *c);
/* Whether that signal comes from a breakpoint instruction, after it (SI_KERNEL:
 * arch/x86/kernel/traps.c). */
bool task_is_breakpoint_trap(const siginfo_t *info);
/* Whether it comes from a debug register, after the access to memory (arch/x86/kernel/traps.c). */
bool task_is_watchpoint_trap(const siginfo_t *info);
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

/* Injects a call through the agent's instruction, and restores the registers. The task must not be
 * at a syscall-entry-stop. Signals that come in the meantime become pending. Returns the kernel's
 * result; -ESRCH if the task died. */
int64_t task_call(struct task *t, long nr, const uint64_t args[6]);
#define TASK_CALL(t, nr, ...) task_call(t, nr, (const uint64_t[6]){__VA_ARGS__})
/* send_fd.c: gives the task a descriptor of our open file fd, close-on-exec: opened once more with
 * these flags (O_RDONLY, O_RDWR) or, if the task cannot do that, shared. Returns the task's
 * descriptor, or -errno. */
TASK_CHECKED int64_t task_send_fd(struct task *t, int fd, int flags);
/* Injects a call from any stop, for replay: signals that were sent are dropped. *child, if not
 * NULL, becomes the task that a clone has created, stopped. */
int64_t task_call_replay(struct task *t, long nr, const uint64_t args[6], pid_t *child);
#define TASK_CALL_REPLAY(t, nr, ...) task_call_replay(t, nr, (const uint64_t[6]){__VA_ARGS__}, NULL)
/* From PTRACE_EVENT_EXEC to the end of the call. Before that end the kernel would still overwrite
 * the result register. */
TASK_CHECKED int task_finish_exec(struct task *t);
/* Maps the agent into a task that is stopped after execve(2). */
TASK_CHECKED int task_map_agent(struct task *t);

struct pending_signal *task_add_pending(struct task *t,
					const siginfo_t *info); /* it becomes the last one */

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

/* Calls fn for each run of pages of [start, end) that the task has written (that are neither the
 * mapped file's nor untouched zeroes). shared: for pages of shared memory, too. Source:
 * Documentation/admin-guide/mm/pagemap.rst. */
int pagemap_each(pid_t tid, uint64_t start, uint64_t end, bool shared,
		 int (*fn)(void *ctx, uint64_t start, uint64_t len), void *ctx);

/* A field of /proc/PID/stat, counted from 1 as in proc(5), 3 and up; as a number (field 3: the
 * letter). */
uint64_t proc_stat_field(pid_t tid, int field);
/* A hexadecimal mask from /proc/PID/status, such as "SigCgt". */
uint64_t proc_status_mask(pid_t tid, const char *name);
pid_t proc_tgid(pid_t tid);
/* Whether it has a child process, which may have ended. */
bool proc_has_child(pid_t pid);
/* Opens the file that a line of /proc/PID/maps names, for reading. -1: it is gone. */
int proc_open_mapped(pid_t tid, const char *path, uint64_t ino);
/* The task's id in its own PID namespace. */
pid_t proc_inner_tid(pid_t tid);

/* Sets the limit of its stack in bytes, as far as this machine's hard limit allows. */
void task_set_stack_limit(struct task *t, uint64_t bytes);

/* A checksum of the private writable memory of the task's address space. Zero pages count like
 * absent ones. sps: stack pointers of all tasks of the address space. Memory below a stack pointer
 * and its ARCH_RED_ZONE is dead and is left out: it may hold saved extended state, whose header
 * depends on context switches (Intel SDM vol. 1, 13.6). */
TASK_CHECKED int task_checksum(struct task *t, const uint64_t *sps, size_t nsps, uint64_t *sum);

#endif
