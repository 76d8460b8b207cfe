/* Loops with long bodies (6-byte jumps), jumps with prefixes, and jumps that lie across a page
 * boundary. */
#include "preempt.h"

#define LOOP(name, body) \
	extern uint64_t name(uint64_t n); \
	FUNCTION(name, body)
#define BIG ".rept 40\n	lea 1(%rax,%rdx), %rax\n.endr\n"

LOOP(near_jcc, "	xor %eax, %eax\n	xor %edx, %edx\n1:\n" BIG
	       "	dec %rdi\n	jnz 1b\n	ret");
LOOP(near_jmp, "	xor %eax, %eax\n	xor %edx, %edx\n1:\n" BIG
	       "	dec %rdi\n	jz 2f\n	jmp 1b\n2:	ret");
LOOP(hinted,
     "	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n	.byte 0x3e\n	jnz 1b\n	ret");
LOOP(bounded, "	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n	bnd jnz 1b\n	ret");
LOOP(with_rex,
     "	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n	jz 2f\n	.byte 0x48\n	jmp 1b\n2:	ret");
LOOP(long_form,
     "	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n	.byte 0x0f, 0x85\n	.long 1b - 2f\n2:	ret");
LOOP(long_jmp,
     "	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n	jz 2f\n	.byte 0xe9\n	.long 1b - 2f\n2:	ret");
/* xor, inc, dec are 8 bytes; the jump begins `at` bytes before a page ends. */
#define ACROSS(name, at, jump) \
	LOOP(name, "	jmp 0f\n	.p2align 12\n	.skip 4088 - " #at \
		   ", 0xcc\n0:	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n" \
		   "	" jump "\n	ret")
ACROSS(across_short, 1, "jnz 1b");
ACROSS(before_end, 2, "jnz 1b");
ACROSS(across_long, 3, ".byte 0x0f, 0x85\n	.long 1b - 2f\n2:");
ACROSS(after_jump, 0, "jnz 1b");
ACROSS(across_call, 2, "jz 3f\n	call 1b\n3:");

int main(void)
{
	static uint64_t (*const loops[])(uint64_t) = {
		hinted,       bounded,    with_rex,    long_form,  long_jmp,
		across_short, before_end, across_long, after_jump, across_call};
	unsigned i;

	alarms_start();
	while (alarms < 60) {
		CHECK(near_jcc(5000) == 200000 && near_jmp(5000) == 200000);
		for (i = 0; i < sizeof(loops) / sizeof(*loops); i++)
			CHECK(loops[i](50000) == 50000);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
