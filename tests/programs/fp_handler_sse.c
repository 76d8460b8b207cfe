/* SSE registers and mxcsr survive a handler that uses them, and the handler starts with its own. */
#include "check.h"

#include <signal.h>
#include <xmmintrin.h>

static volatile double scratch = 3;
static volatile unsigned mxcsr_inside;

static void use(int sig)
{
	double values[4] = {1.5, 2.5, 3.5, 4.5};

	mxcsr_inside = _mm_getcsr();
	__asm__ volatile("movsd %0, %%xmm0; movsd %0, %%xmm7; movsd %0, %%xmm15"
			 :
			 : "m"(values[sig % 4])
			 : "xmm0", "xmm7", "xmm15");
	_mm_setcsr(0x1f80);
	scratch = scratch / 7;
}

int main(void)
{
	unsigned long before[6] = {1, 2, 3, 4, 5, 6}, after[6] = {0};
	unsigned csr = 0x1f80 | 0x6000;
	long result;

	CHECK(signal(SIGUSR1, use) != SIG_ERR);
	_mm_setcsr(csr);
	__asm__ volatile("movups (%3), %%xmm0; movups 16(%3), %%xmm7; movups 32(%3), %%xmm15\n\t"
			 "syscall\n\t"
			 "movups %%xmm0, (%4); movups %%xmm7, 16(%4); movups %%xmm15, 32(%4)"
			 : "=a"(result)
			 : "a"(200L), "D"((long)gettid()), "r"(before), "r"(after),
			   "S"((long)SIGUSR1)
			 : "rcx", "r11", "memory", "xmm0", "xmm7", "xmm15");
	CHECK(result == 0 && !memcmp(before, after, sizeof(before)));
	CHECK((_mm_getcsr() & 0xffc0) == csr);
	_mm_setcsr(0x1f80);
	printf("mxcsr in the handler %#x, scratch %g\n", mxcsr_inside, scratch);
	puts("ok");
	return 0;
}
