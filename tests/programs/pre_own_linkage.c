/* A linkage table that no linker made, as in code that was compiled ahead of time: each stub is a
 * jump by a pointer, and a number that is no code. The binder finds the stub by the call before its
 * return address, and the pointer and the number by the stub. Then timer signals come in the midst
 * of recursions through stubs. */
#include "preempt.h"

#define NUMBER 0x0f05eb06 /* looks like code */
#define STRING(x) #x
#define NUMBER_TEXT(x) STRING(x)

extern const uint8_t stub[], back_stub[];
extern uint64_t call_forward(uint64_t n), call_backward(uint64_t n), jump_to_stub(uint64_t n);
static uint64_t (*slot)(uint64_t) __attribute__((used));
static unsigned bound;
static uint64_t total;

static uint64_t target(uint64_t n)
{
	total += n;
	return n && n % 2 ? call_forward(n - 1) : n ? call_backward(n - 1) : total;
}

/* Called by a stub that is called by code. */
static uint64_t bind(uint64_t n)
{
	const uint8_t *after = __builtin_return_address(0), *to;
	int32_t rel;
	uint32_t number;

	CHECK(after[-5] == 0xe8);
	memcpy(&rel, after - 4, 4);
	to = after + rel;
	CHECK(to == stub || to == back_stub);
	CHECK(to[0] == 0xff && to[1] == 0x25);
	memcpy(&rel, to + 2, 4);
	CHECK((const void *)(to + 6 + rel) == (void *)&slot);
	memcpy(&number, to + 6, 4);
	CHECK(number == NUMBER);
	bound++;
	return target(n);
}

#define STUB(name) \
	".globl " #name "\n.type " #name ", @function\n" #name ":\n" \
	"	jmp *slot(%rip)\n	.long " NUMBER_TEXT(NUMBER) "\n.size " #name \
								    ", . - " #name "\n"
__asm__(".text\n" STUB(back_stub) STUB(stub));
FUNCTION(call_forward, "sub $8, %rsp\n	call stub\n	add $8, %rsp\n	ret");
FUNCTION(call_backward, "sub $8, %rsp\n	nop\n	call back_stub\n	add $8, %rsp\n	ret");
FUNCTION(jump_to_stub, "test %rdi, %rdi\n	jnz stub\n	jmp back_stub");

int main(void)
{
	slot = bind;
	CHECK(call_forward(0) == 0 && call_backward(0) == 0);
	CHECK(bound == 2);
	slot = target;
	alarms_start();
	do {
		total = 0;
		CHECK(call_forward(200) == 20100);
		CHECK(jump_to_stub(0) == 20100 && jump_to_stub(1) == 20101);
	} while (alarms < 20);
	alarms_stop();
	puts("ok");
	return 0;
}
