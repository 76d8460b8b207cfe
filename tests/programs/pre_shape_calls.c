/* cflags: -fno-inline -fno-optimize-sibling-calls */
/* Recursion by backward calls, alone and mutual, and calls that only fetch their own address. */
#include "preempt.h"

extern uint64_t fib(uint64_t n), here_forwards(void), here_backwards(void), descend(uint64_t depth);
extern char here_1[], here_2[];

/* A backward call into the function itself. */
FUNCTION(
	fib,
	"	cmp $2, %rdi\n	jae 1f\n	mov %rdi, %rax\n	ret\n"
	"1:	push %rdi\n	dec %rdi\n	call fib\n	mov (%rsp), %rdi\n	mov %rax, (%rsp)\n	sub $2, %rdi\n	call fib\n"
	"	pop %rdx\n	add %rdx, %rax\n	ret");
FUNCTION(here_forwards, "	call 1f\n.globl here_1\nhere_1:\n1:	pop %rax\n	ret");
FUNCTION(
	here_backwards,
	"	jmp 2f\n1:	pop %rax\n	ret\n2:	call 1b\n.globl here_2\nhere_2:\n	int3");
/* A loop descends by calls into its own middle, and returns by rets. */
FUNCTION(
	descend,
	"	xor %eax, %eax\n1:	dec %rdi\n	js 2f\n	call 1b\n	inc %rax\n2:	ret");

static int odd(unsigned n);

static int even(unsigned n)
{
	return n == 0 ? 1 : odd(n - 1);
}

static int odd(unsigned n)
{
	return n == 0 ? 0 : even(n - 1);
}

static unsigned ackermann(unsigned m, unsigned n)
{
	if (!m)
		return n + 1;
	return ackermann(m - 1, n ? ackermann(m, n - 1) : 1);
}

static unsigned hanoi(int n, int from, int to, int over)
{
	return n ? hanoi(n - 1, from, over, to) + 1 + hanoi(n - 1, over, to, from) : 0;
}

int main(void)
{
	int i;

	alarms_start();
	while (alarms < 60) {
		CHECK(fib(20) == 6765);
		for (i = 0; i < 1000; i++) {
			CHECK(here_forwards() == (uint64_t)here_1);
			CHECK(here_backwards() == (uint64_t)here_2);
		}
		CHECK(descend(10000) == 10000);
		CHECK(even(5000) && !odd(5000));
		CHECK(ackermann(2, 30) == 63);
		CHECK(hanoi(12, 0, 1, 2) == 4095);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
