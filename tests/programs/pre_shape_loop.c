/* loop, loope, loopne, jrcxz and jecxz, alone and with bodies, interrupted. */
#include "preempt.h"

#define LOOP(name, body) \
	extern uint64_t name(uint64_t n, const void *data); \
	FUNCTION(name, body)

LOOP(alone, "	mov %rdi, %rcx\n1:	loop 1b\n	mov %rcx, %rax\n	ret");
LOOP(alone32,
     "	mov %edi, %ecx\n1:	.byte 0x67\n	loop 1b\n	mov %rcx, %rax\n	ret");
LOOP(counted,
     "	mov %rdi, %rcx\n	xor %eax, %eax\n1:	inc %rax\n	loop 1b\n	ret");
LOOP(keeps_flags,
     "	mov %rdi, %rcx\n	xor %eax, %eax\n	stc\n1:	adc $0, %rax\n	stc\n	loop 1b\n	ret");
LOOP(equal,
     "	mov %rdi, %rcx\n	xor %eax, %eax\n1:	cmpb $7, (%rsi,%rax)\n	lea 1(%rax), %rax\n	loope 1b\n	ret");
LOOP(unequal,
     "	mov %rdi, %rcx\n	xor %eax, %eax\n1:	cmpb $0, (%rsi,%rax)\n	lea 1(%rax), %rax\n	loopne 1b\n"
     "	ret");
LOOP(zero_exit,
     "	mov %rdi, %rcx\n	xor %eax, %eax\n1:	jrcxz 2f\n	dec %rcx\n	inc %rax\n	jmp 1b\n2:	ret");
LOOP(zero_back,
     "	xor %eax, %eax\n	jmp 2f\n1:	inc %rax\n2:	mov %rdi, %rcx\n	sub %rax, %rcx\n	sar $63, %rcx\n"
     "	jrcxz 1b\n	ret");
LOOP(zero_back32,
     "	xor %eax, %eax\n	jmp 2f\n1:	inc %rax\n2:	mov %rdi, %rcx\n	sub %rax, %rcx\n"
     "	sar $63, %rcx\n	jecxz 1b\n	ret");

int main(void)
{
	static char data[100001];

	memset(data, 7, sizeof(data) - 1);
	alarms_start();
	while (alarms < 60) {
		CHECK(alone(100000, NULL) == 0);
		CHECK(alone32(100000, NULL) == 0);
		CHECK(counted(100000, NULL) == 100000);
		CHECK(keeps_flags(100000, NULL) == 100000);
		CHECK(equal(sizeof(data), data) == sizeof(data));
		CHECK(equal(1000, data) == 1000);
		CHECK(unequal(sizeof(data) + 5, data) == sizeof(data));
		CHECK(zero_exit(100000, NULL) == 100000);
		CHECK(zero_back(100000, NULL) == 100001);
		CHECK(zero_back32(100000, NULL) == 100001);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
