/* The trap flag set by the program: a SIGTRAP after each instruction until the handler clears it.
 */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static volatile int steps;

static void on_trap(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGTRAP && info->si_code == TRAP_TRACE);
	if (++steps == 5)
		registers[REG_EFL] &= ~0x100LL;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

	CHECK(!sigaction(SIGTRAP, &action, NULL));
	__asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
			 "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop"
			 :
			 :
			 : "memory", "cc");
	printf("%d steps\n", steps);
	CHECK(steps == 5);
	puts("ok");
	return 0;
}
