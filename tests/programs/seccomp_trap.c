/* SECCOMP_RET_TRAP: SIGSYS with the call's number and arguments; the handler gives the result. */
#include "check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP | 44),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static void on_sigsys(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGSYS && info->si_code == 1 && info->si_syscall == SYS_getpriority);
	CHECK(info->si_errno == 44 && registers[REG_RDI] == 0x1234 && registers[REG_RSI] == 0x5678);
	CHECK((greg_t)info->si_call_addr == registers[REG_RIP]);
	registers[REG_RAX] = 4321;
}

int main(void)
{
	struct sock_fprog program = {.len = 4, .filter = filter};
	struct sigaction action = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
	int i;

	CHECK(!sigaction(SIGSYS, &action, NULL));
	CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
	for (i = 0; i < 3; i++)
		CHECK(syscall(SYS_getpriority, 0x1234, 0x5678) == 4321);
	printf("group %d\n", (int)getpgrp());
	puts("ok");
	return 0;
}
