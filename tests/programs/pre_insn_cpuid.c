/* cpuid gives the same in every replay, even in loops. It clears the upper halves and keeps the
 * flags. */
#include "preempt.h"

struct leaf {
	uint64_t a, b, c, d, flags;
};

extern void ask(uint64_t leaf, uint64_t sub, struct leaf *answer);
extern uint64_t loop(long n);

FUNCTION(
	ask,
	"	push %rbx\n	mov %rdx, %r8\n	mov $-1, %rbx\n	mov $-1, %rdx\n	mov %rdi, %rax\n	mov %rsi, %rcx\n"
	"	push $0x8d7\n	popf\n	cpuid\n	pushf\n	popq 32(%r8)\n	mov %rax, (%r8)\n	mov %rbx, 8(%r8)\n"
	"	mov %rcx, 16(%r8)\n	mov %rdx, 24(%r8)\n	pop %rbx\n	ret");
/* The flag that the jump tests is older than the cpuid just before it. */
FUNCTION(
	loop,
	"	push %rbx\n	xor %r8d, %r8d\n1:	xor %eax, %eax\n	xor %ecx, %ecx\n	add %rbx, %r8\n"
	"	dec %rdi\n	cpuid\n	jnz 1b\n	mov %rbx, %rax\n	pop %rbx\n	ret");

int main(void)
{
	static const unsigned leaves[] = {0,   1,          4,          7,          0xb,
					  0xd, 0x80000000, 0x80000001, 0x80000008, 0x80000002};
	uint64_t hash = 0;
	struct leaf l;
	unsigned i, sub;

	alarms_start();
	for (i = 0; i < sizeof(leaves) / sizeof(*leaves); i++)
		for (sub = 0; sub < 3; sub++) {
			ask(0xffffffff00000000ul | leaves[i], sub, &l);
			printf("%08x %x: %08lx %08lx %08lx %08lx\n", leaves[i], sub, l.a, l.b, l.c,
			       l.d);
			CHECK(!((l.a | l.b | l.c | l.d) >> 32) && (l.flags & 0x8d5) == 0x8d5);
		}
	ask(0, 0, &l);
	CHECK(loop(500) == l.b);
	for (i = 0; i < 500 || alarms < 10; i++) {
		ask(1, 0, &l);
		hash = mix(hash, l.b);
	}
	printf("%016lx\n", hash);
	alarms_stop();
	puts("ok");
	return 0;
}
