/* Numbers inside instructions of a loop are read as data by the same loop, as V8's builtins do. */
#include "preempt.h"

extern uint64_t reads(uint64_t turns);

FUNCTION(reads, "	xor %eax, %eax\n"
		"1:	movabs $0x1122334455667788, %rcx\n"
		"2:	add 2b-8(%rip), %rax\n"
		"	sub %rcx, %rax\n"
		"3:	mov $0x12345678, %ecx\n"
		"	dec %edi\n"
		"	jnz 1b\n"
		"	mov 3b+1(%rip), %ecx\n"
		"	add %rcx, %rax\n"
		"	ret");

int main(void)
{
	alarms_start();
	while (alarms < 40)
		CHECK(reads(5000) == 0x12345678);
	alarms_stop();
	puts("ok");
	return 0;
}
