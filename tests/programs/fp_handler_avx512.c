/* zmm16 to zmm31 and the mask registers survive a handler that changes them. */
#include "check.h"

#include <signal.h>

static volatile int handled;

static void use(int sig)
{
	(void)sig;
	__asm__ volatile(
		".byte 0x62, 0xa1, 0xfd, 0x40, 0xef, 0xc0\n\t" /* vpxorq zmm16, zmm16, zmm16 */
		".byte 0xc5, 0xec, 0x47, 0xca"                 /* kxorw k1, k2, k2 */
		:
		:
		: "memory");
	handled++;
}

/* Not in main, where the compiler may use the registers for anything. */
__attribute__((target("avx512f"), noinline)) static void look(void)
{
	unsigned long before[8] = {11, 22, 33, 44, 55, 66, 77, 88}, after[8] = {0};
	unsigned mask = 0xa5a5, mask_after = 0;
	long result;

	CHECK(signal(SIGUSR1, use) != SIG_ERR);
	__asm__ volatile("vmovdqu64 (%3), %%zmm16; kmovw %5, %%k1\n\t"
			 "syscall\n\t"
			 "vmovdqu64 %%zmm16, (%4); kmovw %%k1, %%ecx"
			 : "=a"(result), "=c"(mask_after)
			 : "a"(200L), "r"(before), "r"(after), "r"(mask), "D"((long)gettid()),
			   "S"((long)SIGUSR1)
			 : "r11", "memory", "xmm16", "k1");
	printf("mask %#x, word %lu\n", mask_after, after[7]);
	CHECK(result == 0 && handled == 1 && mask_after == mask);
	CHECK(!memcmp(before, after, sizeof(before)));
}

int main(void)
{
	if (!__builtin_cpu_supports("avx512f"))
		SKIP("no AVX-512");
	look();
	puts("ok");
	return 0;
}
