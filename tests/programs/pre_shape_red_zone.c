/* A leaf function keeps all its data in the red zone below the stack, across jumps back and
 * indirect jumps. */
#include "preempt.h"

extern uint64_t leaf(uint64_t turns);

FUNCTION(
	leaf,
	".altmacro\n.macro fill from\n.set i, 8\n.rept 16\n	lea \\from(%rdi,%rdi), %rax\n	add $i, %rax\n"
	"	mov %rax, -i(%rsp)\n.set i, i + 8\n.endr\n.endm\n"
	"	fill 1\n	lea 3f(%rip), %rdx\n	mov %rdi, %rcx\n"
	"1:	incq -8(%rsp)\n	incq -128(%rsp)\n	dec %rcx\n	jnz 1b\n"
	"	mov %rdi, %rcx\n"
	"2:	jmp *%rdx\n	int3\n"
	"3:	incq -64(%rsp)\n	loop 2b\n"
	"	xor %eax, %eax\n.set i, 8\n.rept 16\n	imul $31, %rax, %rax\n	add -i(%rsp), %rax\n.set i, i + 8\n.endr\n"
	"	ret\n.noaltmacro");

static uint64_t expected(uint64_t turns)
{
	uint64_t sum = 0;
	int i;

	for (i = 8; i <= 128; i += 8)
		sum = sum * 31 + 2 * turns + 1 + (uint64_t)i +
		      (i == 8 || i == 64 || i == 128 ? turns : 0);
	return sum;
}

int main(void)
{
	alarms_start();
	while (alarms < 60) {
		CHECK(leaf(50000) == expected(50000));
		CHECK(leaf(1) == expected(1));
	}
	alarms_stop();
	puts("ok");
	return 0;
}
