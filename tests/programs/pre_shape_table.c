/* cflags: -no-pie */
/* jmp *table(,%reg,8) and similar jumps, in a program at a fixed address, with and without
 * notrack. */
#include "preempt.h"

/* f(steps): walks a table of addresses in the code. Every step adds something else. */
#define WALK(name, before, jump) \
	extern uint64_t name(uint64_t steps); \
	FUNCTION( \
		name, \
		"	push %rbx\n	xor %eax, %eax\n	xor %ecx, %ecx\n" before \
		"1:	dec %rdi\n	js 9f\n	inc %ecx\n	and $3, %ecx\n	" jump "\n" \
		"2:	add $1, %rax\n	jmp 1b\n3:	add $20, %rax\n4:	add $300, %rax\n	jmp 1b\n" \
		"5:	add $4000, %rax\n	jmp 1b\n9:	pop %rbx\n	ret\n" \
		".pushsection .rodata\n.balign 8\n" #name \
		"_table: .quad 2b, 3b, 4b, 5b\n.popsection")

WALK(scaled, "", "jmp *scaled_table(,%rcx,8)");
WALK(scaled_notrack, "", "notrack jmp *scaled_notrack_table(,%rcx,8)");
WALK(based, "	lea based_table(%rip), %rbx\n", "jmp *(%rbx,%rcx,8)");
WALK(loaded, "", "mov loaded_table(,%rcx,8), %rbx\n	notrack jmp *%rbx");
WALK(pushed, "", "push pushed_table(,%rcx,8)\n	ret");
WALK(high, "	lea high_table(%rip), %r11\n", "jmp *(%r11,%rcx,8)");

int main(void)
{
	static uint64_t (*const walks[])(uint64_t) = {scaled, scaled_notrack, based,
						      loaded, pushed,         high};
	unsigned i;

	alarms_start();
	while (alarms < 60)
		for (i = 0; i < sizeof(walks) / sizeof(*walks); i++) {
			CHECK(walks[i](40000) == 10000ul * (1 + 320 + 300 + 4000));
			CHECK(walks[i](3) == 320 + 300 + 4000);
		}
	alarms_stop();
	puts("ok");
	return 0;
}
