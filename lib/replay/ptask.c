/* The processes that replay the recorded tasks. */
#include "agent/agent.h"
#include "replay/replayer.h"
#include "tracee/address_space.h"
#include "tracee/injected_calls.h"
#include "tracee/reserved.h"
#include "tracee/waitstatus.h"
#include "util/alloc.h"
#include "util/file_io.h"
#include "util/procfd.h"
#include "util/size.h"

#include <assert.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PTRACE_OPTIONS \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

/* More tasks at a time than any recording has: the limit for a hostile trace that forks forever. */
#define PTASKS_MAX 10000

bool ptask_open_counter(struct replayer *p, struct ptask *pt)
{
	if (p->by != &replayer_by_hpc || !hpc_open(&pt->hpc, &p->hpc, pt->t.tid))
		return true;
	replayer_fail(p, "the hardware counter cannot be opened for a task: %s", strerror(errno));
	return false;
}

struct ptask *ptask_find(struct replayer *p, pid_t id)
{
	struct ptask *pt;

	SLIST_FOREACH(pt, &p->tasks, link)
		if (pt->id == id)
			return pt;
	return NULL;
}

size_t ptask_count(const struct replayer *p)
{
	const struct ptask *pt;
	size_t n = 0;

	SLIST_FOREACH(pt, &p->tasks, link)
		n++;
	return n;
}

struct ptask *ptask_add(struct replayer *p, pid_t tid, pid_t id, struct mm *mm)
{
	struct ptask *pt = xcalloc(1, sizeof(*pt));

	task_init(&pt->t, tid, mm);
	pt->id = pt->pid = id;
	soft_arm(&pt->count, SOFT_FAR);
	SLIST_INSERT_HEAD(&p->tasks, pt, link);
	p->stats->tasks++;
	return pt;
}

void ptask_set_state(struct ptask *pt, enum ptask_state to)
{
	static const bool legal[][3] = {
		[PTASK_STUB] = {[PTASK_RUNNING] = true},
		[PTASK_RUNNING] = {[PTASK_RUNNING] = true, [PTASK_AT_CALL] = true},
		[PTASK_AT_CALL] = {[PTASK_RUNNING] = true}};

	assert(legal[pt->state][to]);
	pt->state = to;
}

/* To the recorded CPU if there is one: its description differs between CPUs. */
static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu >= 0 && cpu < CPU_SETSIZE)
		CPU_SET(cpu, &set);
	if (CPU_COUNT(&set) && !sched_setaffinity(0, sizeof(set), &set))
		return;
	cpu = sched_getcpu();
	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int make_stub(void)
{
	int fd = memfd_create("rr-stub", 0);

	if (fd < 0 || write_all(fd, agent_empty_program,
				(size_t)(agent_empty_program_end - agent_empty_program)))
		return -1;
	/* Tasks inherit it. A file that is open for writing cannot be executed. */
	int ro = open(proc_fd(0, fd).path, O_RDONLY);
	close(fd);
	return ro;
}

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP)
#define UNLESS(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 1, 0), REFUSE
#define ALLOW(nr) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define CALL_AT (AGENT_ADDR + ARCH_SYSCALL_LEN)

/* The second barrier after PTRACE_SYSEMU, for this task and all its children: the kernel does
 * nothing for them but the calls that the replayer makes through the agent's instruction. The
 * filter costs nothing, because SYSEMU skips calls before seccomp sees them (ptrace precedes
 * seccomp in kernel/entry); the kernel's page of old calls, which SYSEMU does not see, meets the
 * filter. */
static int install_filter(struct task *t)
{
	static const struct sock_filter filter[] = {
		LOAD(arch),
		UNLESS(ARCH_AUDIT),
		LOAD(instruction_pointer),
		UNLESS((uint32_t)CALL_AT),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, instruction_pointer) + 4),
		UNLESS((uint32_t)(CALL_AT >> 32)),
		LOAD(nr),
		ALLOW(SYS_mmap),
		ALLOW(SYS_munmap),
		ALLOW(SYS_mprotect),
		ALLOW(SYS_mremap),
		ALLOW(SYS_madvise),
		ALLOW(SYS_openat),
		ALLOW(SYS_close),
		ALLOW(SYS_clone),
		ALLOW(SYS_execveat),
		REFUSE};
	const struct sock_fprog prog = {ARRAY_LEN(filter),
					(struct sock_filter *)(AGENT_DATA + sizeof(prog))};
	int64_t r = -EFAULT;

	if (!task_write(t, AGENT_DATA, &prog, sizeof(prog)) &&
	    !task_write(t, AGENT_DATA + sizeof(prog), filter, sizeof(filter)))
		r = TASK_CALL_REPLAY(t, SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);
	if (!r)
		r = TASK_CALL_REPLAY(t, SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				     SECCOMP_FILTER_FLAG_SPEC_ALLOW, AGENT_DATA);
	errno = (int)-r;
	return r ? -1 : 0;
}

/* The task has no descriptor but that of the stub; not even those that our caller left open. */
static void keep_only(int fd)
{
	if (fd > 0)
		close_range(0, (unsigned)fd - 1, 0);
	close_range((unsigned)fd + 1, ~0u, 0);
}

struct ptask *ptask_start(struct replayer *p)
{
	int ready[2], status;

	pin(trace_reader_meta(p->r)->cpu);
	arch_clock_trap();
	p->stub_fd = make_stub();
	if (p->stub_fd < 0 || pipe2(ready, O_CLOEXEC)) {
		replayer_fail(p, "stub: %s", strerror(errno));
		return NULL;
	}
	pid_t pid = fork();
	if (pid == 0) {
		char c, *none[] = {NULL};
		const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
		struct rlimit stack;
		close(ready[1]);
		while (read(ready[0], &c, 1) < 0 && errno == EINTR)
			;
		for (int s = 1; s < NSIG; s++)
			signal(s, SIG_DFL);
		sigset_t set;
		sigemptyset(&set);
		sigprocmask(SIG_SETMASK, &set, NULL);
		/* A terminal's signals go to the replayer. When memory runs out, the tasks, whose
		 * memory the trace asked for, go first. */
		setsid();
		int oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
		if (oom >= 0)
			write_all(oom, "1000", 4);
		/* The stack grows as far as in the recording, whatever the limit is here. */
		if (setrlimit(RLIMIT_STACK, &unlimited) && !getrlimit(RLIMIT_STACK, &stack)) {
			stack.rlim_cur = stack.rlim_max;
			setrlimit(RLIMIT_STACK, &stack);
		}
		keep_only(p->stub_fd);
		syscall(SYS_execveat, p->stub_fd, "", none, none, AT_EMPTY_PATH);
		_exit(127);
	}
	close(ready[0]);
	if (pid < 0 || ptrace(PTRACE_SEIZE, pid, NULL, (void *)PTRACE_OPTIONS)) {
		replayer_fail(p, "ptrace: %s", strerror(errno));
		close(ready[1]);
		if (pid > 0) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		return NULL;
	}
	close(ready[1]);
	struct ptask *pt = ptask_add(p, pid, p->ev.tid, mm_new());
	if (task_wait(&pt->t, &status) || wait_event(status) != PTRACE_EVENT_EXEC ||
	    task_finish_exec(&pt->t)) {
		replayer_fail(p, "stub: cannot be executed");
		return NULL;
	}
	task_gone_ok(task_get_regs(&pt->t));
	if (!ptask_open_counter(p, pt) || install_filter(&pt->t)) {
		replayer_fail(p, "seccomp: %s", strerror(errno));
		return NULL;
	}
	return pt;
}

int ptask_restart(struct replayer *p, struct ptask *pt)
{
	mm_put(pt->t.mm);
	pt->t.mm = mm_new();
	if (pt->state == PTASK_STUB) { /* it has no program to replace */
		ptask_set_state(pt, PTASK_RUNNING);
		return 0;
	}
	const char empty[1] = "";
	if (task_write(&pt->t, AGENT_DATA, empty, 1) ||
	    TASK_CALL_REPLAY(&pt->t, SYS_execveat, (uint64_t)p->stub_fd, AGENT_DATA, 0, 0,
			     AT_EMPTY_PATH))
		return -1;
	return task_get_regs(&pt->t);
}

/* The user's limit of processes holds for the replay even where the kernel does not enforce it, as
 * for root. */
static bool ptasks_full(const struct replayer *p)
{
	struct rlimit lim;
	size_t max = PTASKS_MAX;

	if (!getrlimit(RLIMIT_NPROC, &lim) && lim.rlim_cur < max)
		max = lim.rlim_cur;
	return ptask_count(p) >= max;
}

struct ptask *ptask_clone(struct replayer *p, struct ptask *pt, pid_t id, bool vm)
{
	pid_t tid = 0;
	int status;
	const uint64_t args[6] = {CLONE_PARENT | (vm ? CLONE_VM : 0)};

	if (ptasks_full(p)) {
		errno = EAGAIN;
		return NULL;
	}
	int64_t r = task_call_replay(&pt->t, SYS_clone, args, &tid);
	if (r < 0 || !tid) {
		errno = r < 0 ? (int)-r : ESRCH;
		return NULL;
	}
	struct ptask *child = ptask_add(p, tid, id, vm ? mm_get(pt->t.mm) : mm_fork(pt->t.mm));
	ptask_set_state(child, PTASK_RUNNING);
	if (task_wait(&child->t, &status) || !wait_is_stop(status) || !ptask_open_counter(p, child))
		return NULL;
	return child;
}

void ptask_end(struct replayer *p, struct ptask *pt)
{
	int status;

	SLIST_REMOVE(&p->tasks, pt, ptask, link);
	kill(pt->t.tid, SIGKILL);
	while (!task_wait(&pt->t, &status) && wait_is_stop(status))
		;
	hpc_close(&pt->hpc);
	task_clear(&pt->t);
	mm_put(pt->t.mm);
	free(pt);
}
