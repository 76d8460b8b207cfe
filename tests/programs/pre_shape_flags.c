/* Every arithmetic flag and the direction flag survive each kind of jump, backwards and indirect.
 */
#include "preempt.h"

enum { FLAGS = 0xcd5, ALWAYS = 0x202 };

/* f(flags): sets the flags, jumps, and returns the flags at the target. */
#define JUMP(name, before, jump, after) \
	extern uint64_t name(uint64_t flags); \
	FUNCTION(name, \
		 "	mov %rsp, %r8\n	lea 1f(%rip), %r9\n" before "	jmp 2f\n" \
		 "	int3\n1:	pushf\n	pop %rax\n	cld\n	mov %r8, %rsp\n" after \
		 "	ret\n" \
		 "2:	push %rdi\n	popf\n	" jump "\n	int3")
#define NONE ""
#define TO_MEMORY "	mov %r9, -64(%rsp)\n	lea -64(%rsp), %r10\n	mov $2, %r11d\n"

JUMP(by_jmp, NONE, "jmp 1b", NONE);
JUMP(by_jmp_far, NONE, "jmp 1b; .skip 8", NONE);
JUMP(by_jrcxz, "	xor %ecx, %ecx\n", "jrcxz 1b", NONE);
JUMP(by_loop, "	mov $2, %ecx\n", "loop 1b", NONE);
JUMP(by_register, NONE, "jmp *%r9", NONE);
JUMP(by_notrack, NONE, "notrack jmp *%r9", NONE);
JUMP(by_memory, TO_MEMORY, "jmp *(%r10)", NONE);
JUMP(by_table, TO_MEMORY, "jmp *-16(%r10,%r11,8)", NONE);
JUMP(by_stack, TO_MEMORY, "jmp *-64(%rsp)", NONE);
JUMP(by_call, NONE, "call 1b", NONE);
JUMP(by_call_register, NONE, "call *%r9", NONE);
JUMP(by_push_ret, NONE, "push %r9; ret", NONE);
/* Either jcc of a pair is taken. */
#define PAIR(name, yes, no) JUMP(name, NONE, yes " 1b; " no " 1b", NONE)
PAIR(by_o, "jo", "jno");
PAIR(by_b, "jb", "jae");
PAIR(by_z, "je", "jne");
PAIR(by_be, "jbe", "ja");
PAIR(by_s, "js", "jns");
PAIR(by_p, "jp", "jnp");
PAIR(by_l, "jl", "jge");
PAIR(by_le, "jle", "jg");

int main(void)
{
	static uint64_t (*const jumps[])(uint64_t) = {by_jmp,
						      by_jmp_far,
						      by_jrcxz,
						      by_loop,
						      by_register,
						      by_notrack,
						      by_memory,
						      by_table,
						      by_stack,
						      by_call,
						      by_call_register,
						      by_push_ret,
						      by_o,
						      by_b,
						      by_z,
						      by_be,
						      by_s,
						      by_p,
						      by_l,
						      by_le};
	unsigned i, bits, round = 0;
	uint64_t flags;

	alarms_start();
	while (alarms < 60 || round < 2) {
		for (i = 0; i < sizeof(jumps) / sizeof(*jumps); i++)
			for (bits = 0; bits <= 0xfff; bits++) {
				flags = bits & FLAGS;
				if (flags != bits)
					continue;
				CHECK((jumps[i](flags | ALWAYS) & FLAGS) == flags);
			}
		round++;
	}
	alarms_stop();
	puts("ok");
	return 0;
}
