/* SECCOMP_RET_TRAP on each class of call: siginfo and registers are those of the call, which has no
 * effect; the handler gives the result. */
#include "filter.h"

#include <linux/audit.h>
#include <signal.h>
#include <ucontext.h>

static volatile size_t now;

static void on_sigsys(int sig, siginfo_t *info, void *context)
{
	static const int places[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
	greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
	const struct class *c = &classes[now];
	int i;

	CHECK(sig == SIGSYS && info->si_code == 1 && info->si_errno == (int)now);
	CHECK(info->si_syscall == c->nr && info->si_arch == AUDIT_ARCH_X86_64);
	CHECK((greg_t)info->si_call_addr == g[REG_RIP] && g[REG_RCX] == g[REG_RIP]);
	CHECK(g[REG_RAX] == c->nr);
	CHECK(!memcmp((void *)(g[REG_RIP] - 2), "\x0f\x05", 2));
	for (i = 0; i < 6; i++)
		CHECK(g[places[i]] == c->args[i]);
	g[REG_RAX] = 4321 + (greg_t)now;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};

	CHECK(!sigaction(SIGSYS, &action, NULL));
	CHECK(!filter_install(0, -1, SECCOMP_RET_TRAP, 1));
	for (now = 0; now < NCLASSES; now++) {
		CHECK(class_call(&classes[now]) == 4321 + (long)now);
		printf("%s\n", classes[now].name);
	}
	CHECK(!class_is_mapped());
	puts("ok");
	syscall(SYS_exit, 0);
}
