/* SIGTRAP by int3 and by int $3: the program counter is past the instruction. */
#include "check.h"

#include <signal.h>
#include <ucontext.h>

extern char after_short[], after_long[];
static volatile int count;
static volatile greg_t where[2];

static void on_trap(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGTRAP && info->si_code == SI_KERNEL && registers[REG_TRAPNO] == 3);
	where[count++] = registers[REG_RIP];
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

	CHECK(!sigaction(SIGTRAP, &action, NULL));
	__asm__ volatile("int3\n\t.globl after_short\nafter_short:\n\t"
			 ".byte 0xcd, 3\n\t.globl after_long\nafter_long:"
			 :
			 :
			 : "memory");
	CHECK(count == 2);
	printf("%#llx %#llx\n", where[0], where[1]);
	CHECK(where[0] == (greg_t)after_short && where[1] == (greg_t)after_long);
	puts("ok");
	return 0;
}
