/* For every kind of call, the return address on the stack is the one after the original call. */
#include "known_code.h"
#include "preempt.h"

extern char *forwards(void), *backwards(void), *by_register(void), *by_memory(void),
	*in_loop(uint64_t n);
extern char forwards_next[], backwards_next[], register_next[], memory_next[], loop_next[];

FUNCTION(return_address_1, "	mov (%rsp), %rax\n	ret");
#define CALL(name, before, call, next) \
	FUNCTION(name, "	sub $8, %rsp\n" before "	" call "\n.globl " next "\n" next \
		       ":\n	add $8, %rsp\n	ret")
CALL(backwards, "", "call return_address_1", "backwards_next");
CALL(forwards, "", "call return_address_2", "forwards_next");
CALL(by_register, "	lea return_address_1(%rip), %rax\n", "call *%rax", "register_next");
CALL(by_memory, "	lea return_address_1(%rip), %rax\n	mov %rax, (%rsp)\n", "call *(%rsp)",
     "memory_next");
FUNCTION(
	in_loop,
	"	push %rbx\n	xor %ebx, %ebx\n1:	call return_address_1\n.globl loop_next\nloop_next:\n"
	"	xor %rax, %rbx\n	dec %rdi\n	jnz 1b\n	mov %rbx, %rax\n	pop %rbx\n	ret");
FUNCTION(return_address_2, "	mov (%rsp), %rax\n	ret");

/* The C library calls this back, so the return address is in its mapped file. */
static int compare(const void *a, const void *b)
{
	CHECK(is_known_code((uintptr_t)__builtin_return_address(0)));
	return *(const int *)a - *(const int *)b;
}

int main(void)
{
	int numbers[50], i;

	known_code_read();
	alarms_start();
	while (alarms < 60)
		for (i = 0; i < 1000; i++) {
			CHECK(backwards() == backwards_next);
			CHECK(forwards() == forwards_next);
			CHECK(by_register() == register_next);
			CHECK(by_memory() == memory_next);
			CHECK(in_loop(101) == loop_next && !in_loop(100));
		}
	alarms_stop();
	for (i = 0; i < 50; i++)
		numbers[i] = i * 37 % 50;
	qsort(numbers, 50, sizeof(int), compare);
	puts("ok");
	return 0;
}
