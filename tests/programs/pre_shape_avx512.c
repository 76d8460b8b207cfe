/* The widest vector registers and the mask registers live across a loop that a handler interrupts
 * and clears. */
#include "preempt.h"

extern void rotate(uint64_t turns, uint64_t (*registers)[8], uint64_t *masks);

FUNCTION(
	rotate,
	"	vmovdqu64 (%rsi), %zmm0\n	vmovdqu64 64(%rsi), %zmm15\n	vmovdqu64 128(%rsi), %zmm31\n"
	"	kmovw (%rdx), %k1\n	kmovw 8(%rdx), %k7\n"
	"1:	vpaddq %zmm15, %zmm0, %zmm0 {%k1}\n	vprolq $1, %zmm31, %zmm31\n	dec %rdi\n	jnz 1b\n"
	"	vmovdqu64 %zmm0, (%rsi)\n	vmovdqu64 %zmm15, 64(%rsi)\n	vmovdqu64 %zmm31, 128(%rsi)\n"
	"	kmovw %k1, (%rdx)\n	kmovw %k7, 8(%rdx)\n	vzeroupper\n	ret");

static void disturb(int sig, siginfo_t *info, void *context)
{
	__asm__ volatile(
		"vzeroall; vpxorq %%zmm31, %%zmm31, %%zmm31; kxnorw %%k1, %%k1, %%k1; kxorw %%k7, %%k7, %%k7"
		:
		:
		: "memory");
	count_alarm(sig, info, context);
}

int main(void)
{
	enum { TURNS = 64 * 2000 };
	uint64_t start[3][8], now[3][8], masks[2];
	int i;

	if (!__builtin_cpu_supports("avx512f"))
		SKIP("no AVX-512");
	for (i = 0; i < 24; i++)
		start[i / 8][i % 8] = mix(1, (uint64_t)i);
	alarms_start();
	handle(SIGALRM, disturb, SA_RESTART);
	while (alarms < 60) {
		masks[0] = 0xa5;
		masks[1] = 0x1234;
		memcpy(now, start, sizeof(start));
		rotate(TURNS, now, masks);
		for (i = 0; i < 8; i++)
			CHECK(now[0][i] == start[0][i] + (0xa5 >> i & 1 ? TURNS * start[1][i] : 0));
		CHECK(!memcmp(now[1], start[1], 2 * sizeof(start[1])));
		CHECK((masks[0] & 0xffff) == 0xa5 && (masks[1] & 0xffff) == 0x1234);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
