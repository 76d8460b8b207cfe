/* The upper halves of AVX registers live across a loop that a handler interrupts and clears. */
#include "preempt.h"

extern void rotate(uint64_t turns, uint64_t (*registers)[4]);

FUNCTION(
	rotate,
	"	vmovdqu (%rsi), %ymm0\n	vmovdqu 32(%rsi), %ymm9\n	vmovdqu 64(%rsi), %ymm15\n"
	"1:	vxorpd %ymm15, %ymm0, %ymm0\n	vpermilpd $5, %ymm9, %ymm9\n	vxorpd %ymm9, %ymm15, %ymm15\n"
	"	dec %rdi\n	jnz 1b\n"
	"	vmovdqu %ymm0, (%rsi)\n	vmovdqu %ymm9, 32(%rsi)\n	vmovdqu %ymm15, 64(%rsi)\n	vzeroupper\n	ret");

static void disturb(int sig, siginfo_t *info, void *context)
{
	__asm__ volatile("vzeroall" : : : "memory");
	count_alarm(sig, info, context);
}

/* The same, one lane after the other. */
static void by_hand(unsigned turns, uint64_t (*r)[4])
{
	uint64_t swap;
	int i;

	while (turns--)
		for (i = 0; i < 4; i += 2) {
			r[0][i] ^= r[2][i];
			r[0][i + 1] ^= r[2][i + 1];
			swap = r[1][i];
			r[1][i] = r[1][i + 1];
			r[1][i + 1] = swap;
			r[2][i] ^= r[1][i];
			r[2][i + 1] ^= r[1][i + 1];
		}
}

int main(void)
{
	uint64_t start[3][4], now[3][4], right[3][4];
	int i;

	if (!__builtin_cpu_supports("avx"))
		SKIP("no AVX");
	for (i = 0; i < 12; i++)
		start[i / 4][i % 4] = mix(1, (uint64_t)i);
	memcpy(right, start, sizeof(start));
	by_hand(100001, right);
	alarms_start();
	handle(SIGALRM, disturb, SA_RESTART);
	while (alarms < 60) {
		memcpy(now, start, sizeof(start));
		rotate(100001, now);
		CHECK(!memcmp(now, right, sizeof(right)));
	}
	alarms_stop();
	puts("ok");
	return 0;
}
