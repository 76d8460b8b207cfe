/* A call of a null function: the handler takes the return address from the stack and goes back. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static volatile int count;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGSEGV && registers[REG_RIP] == 0 && info->si_addr == NULL);
	registers[REG_RIP] = *(greg_t *)registers[REG_RSP];
	registers[REG_RSP] += 8;
	registers[REG_RAX] = 99;
	printf("called from %#llx\n", registers[REG_RIP]);
	count++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	int (*volatile function)(void) = NULL;

	CHECK(!sigaction(SIGSEGV, &action, NULL));
	CHECK(function() == 99 && count == 1);
	CHECK(function() == 99 && count == 2);
	puts("ok");
	return 0;
}
