/* Threads that fault, each with its own handler frame, at the same time as others run. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

static __thread volatile int faults;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	CHECK(sig == SIGSEGV && (long)info->si_addr == 0x100);
	sched_yield();
	registers[REG_RAX] = registers[REG_RBX];
	faults++;
}

static void *run(void *arg)
{
	long address, value, good = (long)arg;
	int i;

	for (i = 0; i < 20; i++) {
		address = 0x100;
		__asm__ volatile("mov (%%rax), %0"
				 : "=r"(value), "+a"(address)
				 : "b"(&good)
				 : "memory");
		CHECK(value == (long)arg);
	}
	CHECK(faults == 20);
	return NULL;
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	pthread_t threads[4];
	long i;

	CHECK(!sigaction(SIGSEGV, &action, NULL));
	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&threads[i], NULL, run, (void *)(i + 1)));
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(threads[i], NULL));
	puts("ok");
	return 0;
}
