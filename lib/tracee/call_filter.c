#include "tracee/call_filter.h"

#include "tracee/reserved.h"
#include "tracee/waitstatus.h"
#include "util/size.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD_PC(half) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, instruction_pointer) + 4 * (half))
#define VERDICT(v) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_##v)

_Static_assert((uint32_t)AGENT_ADDR == 0, "the filter compares the lower half with a length");

int call_filter_install(void)
{
	/* What the recorder has a task call, by the agent's instruction, passes. */
	static struct sock_filter insns[] = {
		LOAD_PC(1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(AGENT_ADDR >> 32), 0, 3),
		LOAD_PC(0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)(AGENT_DATA - AGENT_ADDR), 1, 0),
		VERDICT(ALLOW),
		VERDICT(TRACE),
	};
	const struct sock_fprog program = {ARRAY_LEN(insns), insns};

	if (!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		     &program))
		return 0;
	if (errno != EACCES || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
			    &program);
}

int call_filter_leave(struct task *t, int *status)
{
	if (task_resume(t, PTRACE_SYSCALL, 0) || task_wait(t, status))
		return -1;
	return !wait_is_call(*status);
}

int call_filter_to_entry(struct task *t, int *status)
{
	siginfo_t info;

	for (;;) {
		if (task_resume(t, PTRACE_CONT, 0) || task_wait(t, status))
			return -1;
		if (!wait_is_stop(*status) || wait_event(*status) == PTRACE_EVENT_EXIT)
			return 1;
		if (wait_event(*status) == PTRACE_EVENT_SECCOMP)
			return 0;
		if (wait_signal(*status) && !task_siginfo(t, &info))
			task_add_pending(t, &info);
	}
}
