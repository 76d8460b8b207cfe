/* SIGILL by ud2: code and address, and the handler steps over it. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static volatile int count;

static void on_ill(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGILL && info->si_code == ILL_ILLOPN &&
	      (greg_t)info->si_addr == registers[REG_RIP]);
	CHECK(registers[REG_TRAPNO] == 6);
	printf("ud2 at %p\n", info->si_addr);
	registers[REG_RIP] += 2;
	registers[REG_RBX] += 10;
	count++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_ill, .sa_flags = SA_SIGINFO};
	long value = 5;

	CHECK(!sigaction(SIGILL, &action, NULL));
	__asm__ volatile("ud2; ud2" : "+b"(value));
	CHECK(count == 2 && value == 25);
	puts("ok");
	return 0;
}
