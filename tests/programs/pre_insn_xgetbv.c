/* xgetbv gives the enabled state, in a loop; it clears the upper halves and keeps the flags. */
#include "preempt.h"

#include <cpuid.h>

struct state {
	uint64_t a, d, flags;
};

extern void ask(uint64_t which, struct state *answer);
extern uint64_t loop(long n);

FUNCTION(
	ask,
	"	mov %rdi, %rcx\n	mov $-1, %rax\n	mov $-1, %rdx\n	push $0x8d7\n	popf\n	xgetbv\n	pushf\n"
	"	popq 16(%rsi)\n	mov %rax, (%rsi)\n	mov %rdx, 8(%rsi)\n	ret");
FUNCTION(
	loop,
	"	xor %r8d, %r8d\n	xor %ecx, %ecx\n1:	xgetbv\n	add %rax, %r8\n	dec %rdi\n	jnz 1b\n"
	"	mov %r8, %rax\n	ret");

int main(void)
{
	unsigned a, b, c, d;
	struct state s;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
		SKIP("no xgetbv");
	ask(0xffffffff00000000ul, &s);
	printf("%08lx %08lx\n", s.d, s.a);
	CHECK((s.a & 3) == 3 && !((s.a | s.d) >> 32) && (s.flags & 0x8d5) == 0x8d5);
	CHECK(loop(1000) == 1000 * s.a);
	if (__get_cpuid_count(0xd, 1, &a, &b, &c, &d) && a & 4) {
		ask(1, &s);
		printf("in use: %08lx %08lx\n", s.d, s.a);
	}
	puts("ok");
	return 0;
}
