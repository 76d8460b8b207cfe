/* Dispatch by ret: a stack of addresses is the program, and its only jumps are rets. */
#include "preempt.h"

enum { STEPS = 5000, ROOM = 65536 };

extern uint64_t run(void *stack);
extern char add_one[], twice[], halve[], finish[];

FUNCTION(
	run,
	"	mov %rsp, %r8\n	xor %eax, %eax\n	xor %ecx, %ecx\n	mov %rdi, %rsp\n	ret\n"
	".globl add_one\nadd_one: add $1, %rax\n	ret\n"
	".globl twice\ntwice: add %rax, %rax\n	ret\n"
	".globl halve\nhalve: shr %rax\n	inc %rcx\n	cmp $3, %rcx\n	jne halve\n	xor %ecx, %ecx\n	ret\n"
	".globl finish\nfinish: mov %r8, %rsp\n	ret");

int main(void)
{
	static char memory[ROOM + 8 * (STEPS + 1)];
	static char *const routines[] = {add_one, twice, halve};
	char **stack = (char **)(memory + ROOM);
	uint64_t right, x;
	int i;

	alarms_start();
	while (alarms < 60) {
		right = 0;
		x = 1;
		for (i = 0; i < STEPS; i++) {
			x = mix(x, (uint64_t)i);
			stack[i] = routines[x % 3];
			right = x % 3 == 0 ? right + 1 : x % 3 == 1 ? right * 2 : right >> 3;
		}
		stack[STEPS] = finish;
		CHECK(run(stack) == right);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
