/* A SIGSEGV handler changes a register in the ucontext, and the instruction is restarted with
 * it. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

static volatile int faults;
static long good = 4242;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGSEGV && registers[REG_RAX] == 64 && info->si_addr == (void *)64);
	CHECK(registers[REG_TRAPNO] == 14 && registers[REG_CR2] == 64);
	printf("fault at %#llx, error %lld\n", registers[REG_RIP], registers[REG_ERR]);
	registers[REG_RAX] = (greg_t)&good;
	faults++;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	long value, address;
	int i;

	CHECK(!sigaction(SIGSEGV, &action, NULL));
	for (i = 0; i < 3; i++) {
		address = 64;
		__asm__ volatile("mov (%1), %0" : "=r"(value), "+a"(address) : : "memory");
		CHECK(value == 4242 && address == (long)&good);
	}
	CHECK(faults == 3);
	puts("ok");
	return 0;
}
