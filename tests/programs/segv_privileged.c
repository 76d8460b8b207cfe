/* Privileged and odd instructions are SIGSEGV with SI_KERNEL: hlt, cli, int of a wrong number. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;
static siginfo_t got;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	got = *info;
	siglongjmp(back, sig);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	volatile int step;

	CHECK(!sigaction(SIGSEGV, &action, NULL));
	for (step = 0; step < 4; step++) {
		got.si_signo = 0;
		if (!sigsetjmp(back, 1)) {
			if (step == 0)
				__asm__ volatile("hlt");
			if (step == 1)
				__asm__ volatile("cli");
			if (step == 2)
				__asm__ volatile("int $0x42");
			if (step == 3)
				__asm__ volatile("mov %0, %%es" : : "r"(0x7777));
		}
		printf("step %d: signal %d code %d\n", step, got.si_signo, got.si_code);
		CHECK(got.si_signo == SIGSEGV && got.si_code == SI_KERNEL && !got.si_addr);
	}
	puts("ok");
	return 0;
}
