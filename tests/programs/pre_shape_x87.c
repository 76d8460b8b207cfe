/* The x87 stack, full, and its control word live across loops that are interrupted by a handler
 * that uses them. */
#include "preempt.h"

extern double series(uint64_t turns, const unsigned short *control), deep(uint64_t turns);

/* Sum of 1/k, k from 1 */
FUNCTION(
	series,
	"	sub $8, %rsp\n	fstcw (%rsp)\n	fldcw (%rsi)\n	fldz\n	fld1\n	fld1\n"
	"1:	fld %st(1)\n	fdiv %st(1), %st\n	faddp %st, %st(3)\n	fadd %st(1), %st\n	dec %rdi\n	jnz 1b\n"
	"	fstp %st\n	fstp %st\n	fldcw (%rsp)\n	fstpl (%rsp)\n	movsd (%rsp), %xmm0\n	add $8, %rsp\n	ret");
/* 1 to 8 on the stack; every turn rotates them. */
FUNCTION(
	deep,
	"	sub $8, %rsp\n	movq $0, (%rsp)\n.rept 8\n	incq (%rsp)\n	fildl (%rsp)\n.endr\n"
	"1:	fincstp\n	dec %rdi\n	jnz 1b\n"
	"	movl $10, (%rsp)\n.rept 7\n	fimull (%rsp)\n	faddp %st, %st(1)\n.endr\n"
	"	fstpl (%rsp)\n	movsd (%rsp), %xmm0\n	add $8, %rsp\n	ret");

static void disturb(int sig, siginfo_t *info, void *context)
{
	volatile long double x = 2;
	int i;

	for (i = 0; i < 5; i++)
		x = x * x / 3 + i;
	__asm__ volatile("fninit; fldpi; fldpi; fldl2e");
	count_alarm(sig, info, context);
}

int main(void)
{
	static const unsigned short nearest = 0x37f, up_to_float = 0x87f;
	double exact = series(50000, &nearest), rough = series(50000, &up_to_float);

	printf("%.17g %.17g %.17g\n", exact, rough, deep(8));
	CHECK(exact > 11.397 && exact < 11.398 && rough != exact);
	alarms_start();
	handle(SIGALRM, disturb, SA_RESTART);
	while (alarms < 60) {
		CHECK(series(50000, &nearest) == exact && series(50000, &up_to_float) == rough);
		CHECK(deep(80000) == deep(8) && deep(80001) == deep(1) && deep(1) != deep(8));
	}
	alarms_stop();
	puts("ok");
	return 0;
}
