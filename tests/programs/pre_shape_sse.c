/* All sixteen vector registers and MXCSR live across loops that are interrupted by a handler that
 * changes them. */
#include "preempt.h"

extern void rotate(uint64_t turns, uint64_t (*registers)[2]);
extern float series(uint64_t turns, const unsigned *mxcsr);

FUNCTION(
	rotate,
	".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n	movdqu 16 * \\i(%rsi), %xmm\\i\n.endr\n"
	"1:	paddq %xmm1, %xmm0\n	pxor %xmm15, %xmm7\n	paddq %xmm3, %xmm2\n	pshufd $0x39, %xmm15, %xmm15\n"
	"	dec %rdi\n	jnz 1b\n"
	".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n	movdqu %xmm\\i, 16 * \\i(%rsi)\n.endr\n	ret");
FUNCTION(
	series,
	"	stmxcsr -8(%rsp)\n	ldmxcsr (%rsi)\n	xorps %xmm0, %xmm0\n	mov $1, %eax\n"
	"1:	cvtsi2ss %rax, %xmm1\n	mov $1, %edx\n	cvtsi2ss %edx, %xmm2\n	divss %xmm1, %xmm2\n"
	"	addss %xmm2, %xmm0\n	inc %rax\n	dec %rdi\n	jnz 1b\n	ldmxcsr -8(%rsp)\n	ret");

static void disturb(int sig, siginfo_t *info, void *context)
{
	static const unsigned down = 0x3f80;

	__asm__ volatile(
		"ldmxcsr %0; pcmpeqd %%xmm0, %%xmm0; pcmpeqd %%xmm7, %%xmm7; pcmpeqd %%xmm15, %%xmm15"
		:
		: "m"(down)
		: "xmm0", "xmm7", "xmm15");
	count_alarm(sig, info, context);
}

int main(void)
{
	static const unsigned modes[4] = {0x1f80, 0x3f80, 0x5f80, 0xff80};
	uint64_t start[16][2], now[16][2], right[16][2];
	float sums[4];
	int i;

	for (i = 0; i < 32; i++)
		start[i / 2][i % 2] = mix(1, (uint64_t)i);
	memcpy(right, start, sizeof(start));
	rotate(100000, right);
	CHECK(right[0][0] == start[0][0] + 100000 * start[1][0] &&
	      right[2][1] == start[2][1] + 100000 * start[3][1]);
	for (i = 0; i < 4; i++)
		printf("%.9g\n", sums[i] = series(50000, &modes[i]));
	CHECK(sums[1] < sums[2] && sums[0] != sums[1] && sums[3] == sums[1]);
	alarms_start();
	handle(SIGALRM, disturb, SA_RESTART);
	while (alarms < 60) {
		memcpy(now, start, sizeof(start));
		rotate(100000, now);
		CHECK(!memcmp(now, right, sizeof(right)));
		for (i = 0; i < 4; i++)
			CHECK(series(50000, &modes[i]) == sums[i]);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
