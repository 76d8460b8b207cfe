/* PR_SET_TSC: rdtsc faults when the program asks for that, and works again afterwards. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <x86intrin.h>

static sigjmp_buf back;

static void on_fault(int sig)
{
	siglongjmp(back, sig);
}

int main(void)
{
	int mode = 0;

	CHECK(signal(SIGSEGV, on_fault) != SIG_ERR);
	CHECK(!prctl(PR_GET_TSC, &mode) && mode == PR_TSC_ENABLE);
	printf("tsc %llu\n", __rdtsc());
	CHECK(!prctl(PR_SET_TSC, PR_TSC_SIGSEGV));
	CHECK(!prctl(PR_GET_TSC, &mode) && mode == PR_TSC_SIGSEGV);
	if (!sigsetjmp(back, 1)) {
		printf("impossible %llu\n", __rdtsc());
		SKIP("a hypervisor that lets rdtsc fault");
	}
	CHECK(!prctl(PR_SET_TSC, PR_TSC_ENABLE));
	CHECK(!prctl(PR_GET_TSC, &mode) && mode == PR_TSC_ENABLE);
	printf("tsc %llu\n", __rdtsc());
	puts("ok");
	return 0;
}
