/* Data inside a function that looks like backward jumps is read unchanged. The function jumps over
 * it. */
#include "preempt.h"

extern uint64_t sum(uint64_t turns);

FUNCTION(
	sum,
	"	xor %eax, %eax\n	lea 2f(%rip), %rsi\n	jmp 3f\n"
	"2:	.byte 0x75, 0xfe, 0xeb, 0xfc, 0xe8, 0xf6, 0xff, 0xff, 0xff, 0xe2, 0xf4, 0x0f, 0x84, 0xee, 0xff, 0xff\n"
	"3:	mov $16, %ecx\n"
	"4:	movzbl -1(%rsi,%rcx), %edx\n	add %rdx, %rax\n	dec %ecx\n	jnz 4b\n"
	"	dec %rdi\n	jnz 3b\n	ret");

int main(void)
{
	const unsigned right = 0x75 + 0xfe + 0xeb + 0xfc + 0xe8 + 0xf6 + 3 * 0xff + 0xe2 + 0xf4 +
			       0x0f + 0x84 + 0xee + 2 * 0xff;

	alarms_start();
	while (alarms < 60)
		CHECK(sum(5000) == 5000ul * right);
	alarms_stop();
	puts("ok");
	return 0;
}
