/* A handler sends the program elsewhere: another function, on another stack, with another mask. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static char stack[65536] __attribute__((aligned(16)));

static void elsewhere(void)
{
	sigset_t now;
	char here;

	CHECK(&here >= stack && &here < stack + sizeof(stack));
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &now) && sigismember(&now, SIGHUP));
	printf("elsewhere at %p\n", (void *)&here);
	puts("ok");
	exit(0);
}

static void redirect(int sig, siginfo_t *info, void *context)
{
	ucontext_t *user = context;

	(void)sig;
	(void)info;
	user->uc_mcontext.gregs[REG_RIP] = (greg_t)elsewhere;
	user->uc_mcontext.gregs[REG_RSP] = (greg_t)(stack + sizeof(stack) - 8);
	sigaddset(&user->uc_sigmask, SIGHUP);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = redirect, .sa_flags = SA_SIGINFO};

	CHECK(!sigaction(SIGUSR1, &action, NULL));
	raise(SIGUSR1);
	return 1;
}
