/* The time-stamp counter: making its instructions fault, and reading it all the same. */
#include "arch/x86_64/regs.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <x86intrin.h>

int arch_clock_trap(void)
{
	return prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
}

static sigjmp_buf faulted;

static void on_fault(int sig)
{
	(void)sig;
	siglongjmp(faulted, 1);
}

bool arch_clock_faults(void)
{
	static enum { NOT_TRIED, NO, YES } answer;
	const struct sigaction catch = {.sa_handler = on_fault};
	struct sigaction old;
	sigset_t segv, mask;

	if (answer != NOT_TRIED)
		return answer == YES;
	sigemptyset(&segv);
	sigaddset(&segv, SIGSEGV);
	pthread_sigmask(SIG_UNBLOCK, &segv, &mask);
	sigaction(SIGSEGV, &catch, &old);
	int mode = PR_TSC_ENABLE;
	prctl(PR_GET_TSC, &mode);
	if (sigsetjmp(faulted, 1)) {
		answer = YES;
	} else {
		answer = NO;
		if (!prctl(PR_SET_TSC, PR_TSC_SIGSEGV))
			__rdtsc();
	}
	prctl(PR_SET_TSC, mode);
	sigaction(SIGSEGV, &old, NULL);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return answer == YES;
}

uint64_t x86_64_read_tsc(uint32_t *aux)
{
	prctl(PR_SET_TSC, PR_TSC_ENABLE);
	uint64_t tsc = __rdtscp(aux);
	prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
	return tsc;
}
