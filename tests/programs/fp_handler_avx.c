/* The upper halves of AVX registers survive a handler that clears them. */
#include "check.h"

#include <signal.h>

static volatile int handled;

static void use(int sig)
{
	(void)sig;
	__asm__ volatile("vzeroall" : : : "memory", "xmm0", "xmm5", "xmm15");
	handled++;
}

int main(void)
{
	unsigned long before[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, after[12] = {0};
	long result;
	int i;

	if (!__builtin_cpu_supports("avx"))
		SKIP("no AVX");
	CHECK(signal(SIGUSR1, use) != SIG_ERR);
	for (i = 0; i < 5; i++) {
		memset(after, 0, sizeof(after));
		__asm__ volatile(
			"vmovups (%3), %%ymm0; vmovups 32(%3), %%ymm5; vmovups 64(%3), %%ymm15\n\t"
			"syscall\n\t"
			"vmovups %%ymm0, (%4); vmovups %%ymm5, 32(%4); vmovups %%ymm15, 64(%4)\n\t"
			"vzeroupper"
			: "=a"(result)
			: "a"(200L), "D"((long)gettid()), "r"(before), "r"(after),
			  "S"((long)SIGUSR1)
			: "rcx", "r11", "memory", "xmm0", "xmm5", "xmm15");
		CHECK(result == 0 && handled == i + 1);
		CHECK(!memcmp(before, after, sizeof(before)));
	}
	printf("%d handlers in %d\n", handled, (int)getpid());
	puts("ok");
	return 0;
}
