/* Processes: exec, wait, ptrace, affinity, and calls on other processes' memory. */
#include "kernel/handler.h"
#include "tracee/procfs.h"
#include "tracee/waitstatus.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/procfd.h"
#include "util/size.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

void kernel_warn_setuid(struct recording *rec, const char *file, const char *name)
{
	struct stat st;

	/* Under a tracer without privilege a program gains none by exec: execve(2). */
	if (geteuid() != 0 && !stat(file, &st) && S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_ISUID | S_ISGID)) && !access(file, X_OK))
		rec->warn(
			rec, name,
			"is set-user-ID or set-group-ID: it runs without that privilege when recorded");
}

static void enter_execve(struct call *c)
{
	bool at = c->nr == SYS_execveat;
	unsigned char head[EI_NIDENT] = {0};
	char path[4096];

	if (task_read_str(c->t, c->args[at ? 1 : 0], path, sizeof(path)) < 0)
		return;
	int fd = kernel_open_path(c->rec, c->t, at ? (int)c->args[0] : AT_FDCWD, path);
	if (fd < 0)
		return;
	if (pread(fd, head, sizeof(head), 0) == sizeof(head) && !memcmp(head, ELFMAG, SELFMAG) &&
	    head[EI_CLASS] == ELFCLASS32) {
		c->rec->warn(c->rec, path,
			     "is a 32-bit program, which cannot be recorded: refused");
		kernel_call_refuse(c, ENOEXEC);
	}
	kernel_warn_setuid(c->rec, proc_fd(0, fd).path, path);
	close(fd);
}

SYSCALL_HANDLER(execve, .enter = enter_execve);

/* The signal frame. */
static void reads_sigreturn(struct payload_walk *w)
{
	const struct payload_call *c = payload_of(w);
	struct arch_range r[ARCH_SIGRETURN_RANGES];
	size_t n = arch_sigreturn_reads(c->regs, task_read_ctx, c->t, r);

	for (size_t i = 0; i < n; i++)
		payload_read_quietly(w, 0, r[i].addr, r[i].len);
}

SYSCALL_HANDLER(sigreturn, .reads = reads_sigreturn);

/* The program's parent is rr-record. Unrecorded it would be rr-record's parent, which therefore
 * gets the signals, as a supervisor that waits for SIGUSR1 expects. No signal: the program asks
 * whether its parent lives. */
static void enter_kill(struct call *c)
{
	bool thread = c->nr == SYS_tgkill || c->nr == SYS_rt_tgsigqueueinfo;
	pid_t parent;

	if ((pid_t)c->args[0] != c->rec->self || !(int)c->args[thread ? 2 : 1] ||
	    (thread && (pid_t)c->args[1] != c->rec->self) ||
	    proc_inner_tid(c->t->tid) != c->t->tid) /* it has another process of that number */
		return;
	parent = getppid();
	if (!parent) { /* of another pid namespace */
		c->verdict = CALL_REFUSE;
		return;
	}
	kernel_call_set_arg(c, 0, (uint64_t)parent);
	if (thread)
		kernel_call_set_arg(c, 1, (uint64_t)parent);
}

SYSCALL_HANDLER(kill, .enter = enter_kill);

static void enter_clone(struct call *c)
{
	if (c->args[0] & CLONE_UNTRACED)
		kernel_call_set_arg(c, 0, c->args[0] & ~(uint64_t)CLONE_UNTRACED);
}

SYSCALL_HANDLER(clone, .enter = enter_clone);

/* What the requests that set something take from memory at `data`. */
static void reads_ptrace(struct payload_walk *w)
{
	const uint64_t *a = payload_of(w)->args;
	struct iovec v;

	switch (a[0]) {
	case PTRACE_SETREGS: payload_read(w, 3, a[3], sizeof(struct trace_regs)); break;
	case PTRACE_SETFPREGS: payload_read(w, 3, a[3], ARCH_FP_SIZE); break;
	case PTRACE_SETSIGINFO: payload_read(w, 3, a[3], sizeof(siginfo_t)); break;
	case PTRACE_SETSIGMASK: payload_read(w, 3, a[3], a[2] < 128 ? a[2] : 128); break;
	case PTRACE_GETREGSET: payload_read(w, 3, a[3], sizeof(v)); break;
	case PTRACE_PEEKSIGINFO:
		payload_read(w, 2, a[2], sizeof(struct __ptrace_peeksiginfo_args));
		break;
	case PTRACE_SETREGSET: payload_read_vector(w, 3, a[3], 1); break;
	default: break;
	}
}

static void enter_ptrace(struct call *c)
{
	c->verdict = CALL_REFUSE;
	c->rec->ptrace(c->rec, c);
}

static void exit_ptrace(struct call *c)
{
	kernel_call_out(c, c->note[0], c->note[1]);
}

SYSCALL_HANDLER(ptrace, .reads = reads_ptrace, .enter = enter_ptrace, .exit = exit_ptrace);

static uid_t user_of(pid_t tid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", tid);
	return stat(path, &st) ? 0 : st.st_uid;
}

siginfo_t kernel_child_info(pid_t tid, int status)
{
	const struct wait_status w = wait_decode(status);
	siginfo_t info = {.si_signo = SIGCHLD, .si_code = CLD_EXITED};

	info.si_pid = tid;
	info.si_uid = user_of(tid);
	info.si_status = w.code;
	if (wait_is_stop(status)) {
		info.si_code = CLD_TRAPPED;
		info.si_status = w.signal | w.event << 8;
	} else if (w.kind == WAIT_KILLED) {
		info.si_code = CLD_KILLED;
		info.si_status = w.signal;
	}
	return info;
}

/* The process that a descriptor of the task's refers to: pidfd_open(2). 0: none. */
static pid_t pid_of_descriptor(const struct task *t, int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", t->tid, fd);
	char *text = file_read(path, 4096, NULL), *line = text ? strstr(text, "\nPid:\t") : NULL;
	pid_t pid = line ? atoi(line + strlen("\nPid:\t")) : 0;
	free(text);
	return pid > 0 ? pid : 0;
}

/* P_PIDFD in linux/wait.h, which the C library may lack. */
enum { TYPE_PIDFD = 3 };

/* What waitid(2) waits for, as for waitpid(2). False: nothing. */
static bool waited_by_id(const struct call *c, pid_t *which)
{
	const pid_t id = (pid_t)c->args[1];

	switch (c->args[0]) {
	case P_ALL: *which = -1; return true;
	case P_PID: *which = id; return id > 0;
	case P_PGID: *which = -id; return id >= 0;
	case TYPE_PIDFD: *which = pid_of_descriptor(c->t, id); return *which;
	default: return false;
	}
}

/* Of a process and its children that have been waited for, as proc(5) shows it. */
static struct rusage usage_of(pid_t pid)
{
	const uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);
	struct timeval times[2];
	struct rusage ru = {0};

	for (int i = 0; i < 2; i++) {
		uint64_t ticks = proc_stat_field(pid, 14 + i) + proc_stat_field(pid, 16 + i);
		times[i].tv_sec = (time_t)(ticks / hz);
		times[i].tv_usec = (suseconds_t)(ticks % hz * 1000000 / hz);
	}
	ru.ru_utime = times[0];
	ru.ru_stime = times[1];
	ru.ru_minflt = (long)(proc_stat_field(pid, 10) + proc_stat_field(pid, 11));
	ru.ru_majflt = (long)(proc_stat_field(pid, 12) + proc_stat_field(pid, 13));
	return ru;
}

/* Adds emulated ptrace-stops to what a wait reports, whatever stops it asks for
 * (wait_task_stopped() in kernel/exit.c); the kernel does not know of them. If there will be one
 * later but there is none now, the call is replaced by pause(2). A signal interrupts that, and then
 * the wait is made once more. */
static void enter_wait(struct call *c)
{
	siginfo_t info = {0};
	bool by_id = c->nr == SYS_waitid;
	pid_t which = (pid_t)c->args[0];
	const uint64_t usage = c->args[by_id ? 4 : 3];
	int status;

	if (by_id && !waited_by_id(c, &which))
		return;
	pid_t tid =
		c->rec->stopped_tracee(c->rec, c->t, which, by_id && c->args[3] & WNOWAIT, &status);
	if (!tid)
		return;
	if (tid < 0 && !(c->args[by_id ? 3 : 2] & WNOHANG)) {
		ARCH_SYSNO(&c->t->regs) = ARCH_SYS_PAUSE;
		c->changed = true;
		c->note[0] = ARCH_SYS_PAUSE;
		return;
	}
	c->verdict = CALL_REFUSE;
	c->result = by_id || tid < 0 ? 0 : tid;
	if (tid < 0 && !by_id)
		return;
	if (tid > 0)
		info = kernel_child_info(tid, status);
	c->note[0] = c->args[by_id ? 2 : 1];
	c->note[1] = by_id ? sizeof(info) : sizeof(status);
	if (c->note[0] && task_write(c->t, c->note[0], by_id ? (void *)&info : &status, c->note[1]))
		c->result = -EFAULT;
	if (usage && tid > 0) {
		const struct rusage ru = usage_of(tid);
		if (task_write(c->t, usage, &ru, sizeof(ru)))
			c->result = -EFAULT;
	}
}

static void exit_wait(struct call *c)
{
	if (c->verdict == CALL_REFUSE) {
		kernel_call_out(c, c->note[0], c->note[1]);
		if (c->note[1])
			kernel_call_out(c, c->args[c->nr == SYS_waitid ? 4 : 3],
					sizeof(struct rusage));
	} else if (c->note[0] == ARCH_SYS_PAUSE)
		c->result = -ARCH_ERESTARTSYS;
}

SYSCALL_HANDLER(wait, .enter = enter_wait, .exit = exit_wait);

static struct task *affinity_target(struct call *c)
{
	pid_t pid = (pid_t)c->args[0];

	return pid == 0 || pid == c->t->tid ? c->t : c->rec->find(c->rec, pid);
}

/* All tasks stay on one CPU, but the program sees the affinity that it has set. */
static void enter_affinity_set(struct call *c)
{
	struct task *t = affinity_target(c);
	cpu_set_t set;
	size_t n = c->args[1] < sizeof(set) ? c->args[1] : sizeof(set);

	CPU_ZERO(&set);
	c->verdict = CALL_REFUSE;
	if (task_read_all(c->t, c->args[2], &set, n))
		c->result = -EFAULT;
	else if (!t)
		c->result = -ESRCH;
	else {
		CPU_AND(&set, &set, &c->rec->allowed);
		c->result = CPU_COUNT(&set) ? 0 : -EINVAL;
		if (!c->result)
			t->affinity = set;
	}
}

SYSCALL_HANDLER(sched_setaffinity, .enter = enter_affinity_set);

static void enter_affinity_get(struct call *c)
{
	struct task *t = affinity_target(c);
	int n = c->rec->affinity_bytes;

	c->verdict = CALL_REFUSE;
	if (c->args[1] < (uint64_t)n || (c->args[1] & 7))
		c->result = -EINVAL;
	else if (!t)
		c->result = -ESRCH;
	else
		c->result = task_write(c->t, c->args[2], &t->affinity, (size_t)n) ? -EFAULT : n;
}

static void exit_affinity_get(struct call *c)
{
	if (c->result > 0)
		kernel_call_out(c, c->args[2], (uint64_t)c->result);
}

SYSCALL_HANDLER(sched_getaffinity, .enter = enter_affinity_get, .exit = exit_affinity_get);

/* A position in an array of `count` struct iovec at `at`. */
struct vec {
	uint64_t at, count;
	struct iovec v; /* the rest of the current piece */
};

static bool vec_piece(struct call *c, struct vec *v)
{
	for (; !v->v.iov_len && v->count; v->count--, v->at += sizeof(v->v))
		if (KERNEL_CALL_READ(c, v->at, &v->v))
			return false;
	return v->v.iov_len;
}

static void exit_process_vm_readv(struct call *c)
{
	struct task *from = c->result > 0 ? c->rec->find(c->rec, (pid_t)c->args[0]) : NULL;
	struct vec to = {.at = c->args[1], .count = c->args[2]},
		   of = {.at = c->args[3], .count = c->args[4]};

	for (uint64_t left = (uint64_t)c->result, n;
	     from && left && vec_piece(c, &to) && vec_piece(c, &of); left -= n) {
		n = to.v.iov_len < of.v.iov_len ? to.v.iov_len : of.v.iov_len;
		n = n < left ? n : left;
		kernel_original_read(c, from, (uint64_t)of.v.iov_base, (uint64_t)to.v.iov_base, n);
		for (struct vec **v = (struct vec *[]){&to, &of, NULL}; *v; v++) {
			(*v)->v.iov_base = (char *)(*v)->v.iov_base + n;
			(*v)->v.iov_len -= n;
		}
	}
}

SYSCALL_HANDLER(process_vm_readv, .exit = exit_process_vm_readv);

static void exit_process_vm_writev(struct call *c)
{
	struct task *target = c->rec->find(c->rec, (pid_t)c->args[0]);
	struct vec to = {.at = c->args[3], .count = c->args[4]};

	for (uint64_t left = c->result > 0 ? (uint64_t)c->result : 0, n;
	     target && left && vec_piece(c, &to); left -= n) {
		n = to.v.iov_len < left ? to.v.iov_len : left;
		kernel_original_written(c->rec, target, (uint64_t)to.v.iov_base, n);
		to.v.iov_len = 0;
	}
}

SYSCALL_HANDLER(process_vm_writev, .exit = exit_process_vm_writev);

/* Where the mapping of an address ends, together with all that follow it without a gap. The address
 * itself if nothing is mapped there. */
static uint64_t mapped_end(struct task *t, uint64_t at)
{
	struct maps_file *maps = maps_open(t->tid);
	struct maps_line l;

	while (maps && maps_next(maps, &l))
		if (l.start <= at && at < l.end)
			at = l.end;
	if (maps)
		maps_close(maps);
	return at;
}

/* mincore(2) reports all pages before the one at which it fails. */
static void exit_mincore(struct call *c)
{
	uint64_t pages = PAGE_UP(c->args[1]) / PAGE;

	if (c->result < 0) {
		uint64_t reported = (mapped_end(c->t, c->args[0]) - c->args[0]) / PAGE;
		pages = reported < pages ? reported : pages;
	}
	kernel_call_out(c, c->args[2], pages);
}

SYSCALL_HANDLER(mincore, .exit = exit_mincore);

/* get_mempolicy(2) writes the mode before it fails with EFAULT at the nodes. */
static void exit_mempolicy(struct call *c)
{
	if (c->result < 0 && c->result != -EFAULT)
		return;
	kernel_call_out(c, c->args[0], 4);
	kernel_call_out(c, c->args[1], (c->args[2] + 63) / 64 * 8);
}

SYSCALL_HANDLER(get_mempolicy, .exit = exit_mempolicy);

/* A set of as many bits as the argument after it says, and one less. */
static void read_nodes(struct payload_walk *w, int arg, uint64_t bits)
{
	uint64_t bytes = bits && bits <= PAGE * 8 ? (bits - 1 + 63) / 64 * 8 : 0;

	payload_read(w, arg, payload_of(w)->args[arg], bytes);
}

static void reads_nodes(struct payload_walk *w)
{
	const struct payload_call *c = payload_of(w);

	for (int i = 0; i < c->desc->nargs; i++) {
		if (c->desc->args[i].type != T_SPECIAL)
			continue;
		/* migrate_pages(2) has the number before both sets. */
		read_nodes(w, i, c->args[c->desc == systab_get(SYS_migrate_pages) ? 1 : i + 1]);
	}
}

SYSCALL_HANDLER(nodes, .reads = reads_nodes);

static void exit_move_pages(struct call *c)
{
	if (c->result >= 0)
		kernel_call_out(c, c->args[4], c->args[1] * 4);
}

SYSCALL_HANDLER(move_pages, .exit = exit_move_pages);

/* The limit of the stack decides where a program overflows it. */
static int replay_rlimit(struct replay_call *c)
{
	bool pr = c->desc->nargs == 4; /* prlimit64, with a pid first */
	const uint64_t *a = c->args;
	uint64_t at = pr ? a[2] : a[1];
	struct rlimit lim;

	if (c->result < 0 || !at || a[pr ? 1 : 0] != RLIMIT_STACK ||
	    (pr && a[0] && (pid_t)a[0] != c->tid))
		return 0;
	if (task_read_all(c->t, at, &lim, sizeof(lim)))
		return kernel_replay_fail(c->rp, "the stack's limit cannot be read");
	task_set_stack_limit(c->t, lim.rlim_cur);
	return 0;
}

SYSCALL_HANDLER(rlimit, .replay = replay_rlimit);
