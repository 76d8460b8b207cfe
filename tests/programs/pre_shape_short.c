/* The tightest loops there are: 2-byte jumps after instructions of one byte, no room around,
 * interrupted. */
#include "preempt.h"

/* Without alignment or padding, so that one function's last byte is next to another's first. */
#define TIGHT(name, body) \
	extern uint64_t name(uint64_t n, void *data); \
	__asm__(".text\n.globl " #name "\n.type " #name ", @function\n" #name ":\n" body \
		"\n.size " #name ", . - " #name)

/* 4 bytes */
TIGHT(up, "	mov %edi, %eax\n	neg %eax\n1:	inc %eax\n	jne 1b\n	ret");
TIGHT(up8, "	mov %dil, %al\n	neg %al\n1:	inc %al\n	jne 1b\n	ret");
TIGHT(scan,
      "	mov %rdi, %rcx\n	mov %rsi, %rdi\n	xor %eax, %eax\n1:	scasb\n	jne 1b\n	lea -1(%rdi), %rax\n"
      "	sub %rsi, %rax\n	ret"); /* 3 bytes */
TIGHT(scan4,
      "	mov %rsi, %rdi\n	xor %eax, %eax\n1:	scasl\n	jne 1b\n	mov %rdi, %rax\n	sub %rsi, %rax\n	ret");
TIGHT(same,
      "	lea 1(%rsi), %rdi\n	mov %rsi, %rax\n1:	cmpsb\n	je 1b\n	sub %rax, %rsi\n	mov %rsi, %rax\n	ret");
TIGHT(down, "	mov %edi, %eax\n1:	dec %eax\n	cwde\n	jnz 1b\n	ret");
TIGHT(carry,
      "	mov %edi, %ecx\n	xor %eax, %eax\n1:	sub $1, %ecx\n	cmc\n	jc 1b\n	sub %ecx, %eax\n	ret");
TIGHT(pops,
      "	mov %rsp, %rdx\n	push $0\n	push $1\n	push $1\n	push $1\n1:	pop %rax\n	test %eax, %eax\n"
      "	push %rax\n	pop %rcx\n	jnz 1b\n	mov %rdx, %rsp\n	ret");
TIGHT(swap,
      "	mov %edi, %ecx\n	xor %eax, %eax\n1:	xchg %eax, %ecx\n	dec %eax\n	xchg %eax, %ecx\n	jnz 1b\n"
      "	mov %ecx, %eax\n	ret");

int main(void)
{
	static uint32_t data[65536];
	uint8_t *bytes = (uint8_t *)data;

	memset(data, 7, sizeof(data));
	bytes[200000] = 0;
	data[60000] = 0;
	alarms_start();
	while (alarms < 60) {
		CHECK(up(100000, NULL) == 0);
		CHECK((uint8_t)up8(200, NULL) == 0);
		CHECK(scan(0, bytes) == 200000);
		CHECK(scan4(0, data) == 4 * 60001);
		CHECK(same(0, bytes) == 200000);
		CHECK(down(100000, NULL) == 0);
		CHECK(carry(100000, NULL) == 1);
		CHECK(pops(0, NULL) == 0);
		CHECK(swap(100000, NULL) == 0);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
