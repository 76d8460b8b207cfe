/* SIGFPE from SSE and x87 with exceptions unmasked: the codes name the cause. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <xmmintrin.h>

static sigjmp_buf back;
static volatile int code;

static void on_fpe(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	code = info->si_code;
	siglongjmp(back, 1);
}

/* Unmasks the exceptions of `mask` in both units, and clears raised ones. */
static void unmask(unsigned mask)
{
	unsigned short control = 0x37f & (unsigned short)~mask;

	__asm__ volatile("fnclex; fldcw %0" : : "m"(control));
	_mm_setcsr(0x1f80 & ~(mask << 7));
}

int main(void)
{
	static const int expected[] = {FPE_FLTDIV, FPE_FLTOVF, FPE_FLTINV, FPE_FLTDIV};
	struct sigaction action = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};
	volatile double one = 1, zero = 0, huge = 1e308, result;
	volatile long double long_zero = 0, long_result;
	volatile int step;

	CHECK(!sigaction(SIGFPE, &action, NULL));
	result = one / zero;
	printf("masked: %g\n", result);
	for (step = 0; step < 4; step++) {
		code = 0;
		unmask(0x1 | 0x4 | 0x8);
		if (!sigsetjmp(back, 1)) {
			if (step == 0)
				result = one / zero;
			if (step == 1)
				result = huge * huge;
			if (step == 2)
				result = zero / zero;
			if (step == 3)
				long_result = 1 / long_zero, long_result = long_result + 1;
		}
		unmask(0);
		printf("step %d code %d\n", step, code);
		CHECK(code == expected[step]);
	}
	puts("ok");
	return 0;
}
