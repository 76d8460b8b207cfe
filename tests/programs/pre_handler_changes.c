/* A handler changes registers, flags and the program counter of endless loops, which end by that.
 */
#include "preempt.h"

extern long until_register(void), until_flag(void), until_moved(void);
extern char register_loop[], register_end[], flag_loop[], moved_loop[], moved_out[];

FUNCTION(until_register, "	push %r12\n"
			 "	xor %r12d, %r12d\n"
			 ".globl register_loop\n"
			 "register_loop: test %r12, %r12\n"
			 "	jz register_loop\n"
			 ".globl register_end\n"
			 "register_end: mov %r12, %rax\n"
			 "	pop %r12\n"
			 "	ret");
FUNCTION(until_flag, "	xor %eax, %eax\n"
		     ".globl flag_loop\n"
		     "flag_loop: jz flag_loop\n"
		     "	lahf\n"
		     "	movzbl %ah, %eax\n"
		     "	ret");
FUNCTION(until_moved, "	mov $1, %eax\n"
		      ".globl moved_loop\n"
		      "moved_loop: jmp moved_loop\n"
		      "	mov $2, %eax\n"
		      ".globl moved_out\n"
		      "moved_out: ret");

static volatile sig_atomic_t ignored;

static void change(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = registers(context);
	char *pc = (char *)regs[REG_RIP];

	(void)sig, (void)info;
	if (pc >= register_loop && pc < register_end) {
		regs[REG_R12] = 0x1122334455667788;
		regs[REG_EFL] &= ~0x40;
	} else if (pc == flag_loop) {
		regs[REG_EFL] = (regs[REG_EFL] & ~0xff) | 0x83; /* SF CF, not ZF */
	} else if (pc == moved_loop) {
		regs[REG_RIP] = (greg_t)moved_out;
	} else {
		ignored++;
	}
}

int main(void)
{
	int i;

	handle(SIGALRM, change, 0);
	timer_every(ITIMER_REAL, 500);
	for (i = 0; i < 30; i++) {
		CHECK(until_register() == 0x1122334455667788);
		CHECK(until_flag() == 0x83);
		CHECK(until_moved() == 1);
	}
	timer_every(ITIMER_REAL, 0);
	printf("%d elsewhere\n", (int)ignored);
	puts("ok");
	return 0;
}
