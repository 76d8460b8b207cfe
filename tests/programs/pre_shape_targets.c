/* Loops in which every instruction around the jump back is itself the target of some jump. */
#include "preempt.h"

/* Columns in the assembly are tabs, which clang-format counts in its own way. */
/* clang-format off */

#define LOOP(name, body)                                                                                     \
	extern uint64_t name(uint64_t n, uint64_t way);                                                        \
	FUNCTION(name, body)

/* The loop jumps to the instruction after the backward jump. */
LOOP(after_jump, "	xor %eax, %eax\n1:	inc %rax\n	test $1, %al\n	jz 2f\n	dec %rdi\n	jnz 1b\n2:	dec %rdi\n	jg 1b\n	ret");
/* The backward jump is itself a target, with flags from elsewhere. */
LOOP(itself, "	xor %eax, %eax\n1:	inc %rax\n	test $1, %al\n	jz 2f\n	sub $1, %rdi\n	jmp 3f\n"
	     "2:	sub $2, %rdi\n3:	jg 1b\n	ret");
/* So is the instruction before it. */
LOOP(before, "	xor %eax, %eax\n1:	inc %rax\n	test $1, %al\n	jz 2f\n	inc %rdi\n2:	dec %rdi\n	cmp %rsi, %rax\n"
	     "	jb 1b\n	ret");
/* Two jumps back share a target, another pair is back to back. */
LOOP(pair, "	xor %eax, %eax\n1:	inc %rax\n	cmp %rdi, %rax\n	jb 1b\n	je 1b\n	ret");
/* An indirect jump lands on each instruction of the loop in turn. */
LOOP(inside, "	lea 1f(%rip), %rdx\n	mov $100, %ecx\n	xor %eax, %eax\n	lea offsets(%rip), %r8\n"
	     "	movzbl (%r8,%rsi), %esi\n	add %rsi, %rdx\n"
	     "	cmp %rax, %rcx\n	jmp *%rdx\n"
	     "1:	inc %rax\n	dec %ecx\n	jnz 1b\n	nop\n	ret\n"
	     ".pushsection .rodata\noffsets: .byte 0, 3, 5, 7, 8\n.popsection");
/* A call lands in the middle of a loop that it comes from, and returns there. */
LOOP(called, "	xor %eax, %eax\n	mov %rdi, %rcx\n1:	call 2f\n	dec %rcx\n	jnz 1b\n	ret\n2:	inc %rax\n	cmp %rcx, %rax\n"
	     "	je 3f\n	dec %rsi\n	jns 2b\n3:	ret");

int main(void)
{
	static const uint64_t landed[] = {100, 99, 100, 0, 0};
	uint64_t way;

	alarms_start();
	while (alarms < 60) {
		CHECK(after_jump(100000, 0) == 100000 && after_jump(99999, 0) == 99999);
		CHECK(itself(99999, 0) == 66666);
		CHECK(before(5, 100000) == 100000);
		CHECK(pair(100000, 0) == 100001);
		CHECK(called(100000, 1000) == 101000);
		for (way = 0; way < 5; way++)
			CHECK(inside(0, way) == landed[way]);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
