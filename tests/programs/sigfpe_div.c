/* SIGFPE: integer division by zero and overflow; the handler steps over the instruction. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static volatile int faults;
static char *address;

static void on_fpe(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGFPE && info->si_code == FPE_INTDIV);
	CHECK((greg_t)info->si_addr == registers[REG_RIP] && registers[REG_TRAPNO] == 0);
	address = info->si_addr;
	registers[REG_RIP] += 2;
	registers[REG_RAX] = 77;
	faults++;
}

static int divide(int dividend, int divisor)
{
	int high = dividend >> 31;

	__asm__ volatile("idivl %%ecx" : "+a"(dividend), "+d"(high) : "c"(divisor) : "cc");
	return dividend;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};

	CHECK(!sigaction(SIGFPE, &action, NULL));
	CHECK(divide(100, 7) == 14 && faults == 0);
	CHECK(divide(1, 0) == 77 && faults == 1);
	printf("division at %p\n", (void *)address);
	CHECK(divide(-2147483647 - 1, -1) == 77 && faults == 2);
	puts("ok");
	return 0;
}
