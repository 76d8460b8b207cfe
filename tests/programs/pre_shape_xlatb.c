/* Loops made of instructions of one byte: lodsb, xlatb, stosb, and stack and flag instructions. */
#include "preempt.h"

enum { SIZE = 1 << 16 };

extern void translate(void *to, const void *from, const void *table),
	flip(void *to, const void *from);

FUNCTION(
	translate,
	"	push %rbx\n	mov %rdx, %rbx\n	mov $65536, %ecx\n	cld\n1:	lodsb\n	xlatb\n	stosb\n	loop 1b\n"
	"	pop %rbx\n	ret");
FUNCTION(
	flip,
	"	mov $65536, %ecx\n	cld\n1:	lodsb\n	push %rax\n	pushf\n	popf\n	pop %rax\n	cbw\n	cwde\n	cdqe\n"
	"	cmc\n	stc\n	clc\n	not %al\n	stosb\n	dec %ecx\n	jnz 1b\n	ret");

int main(void)
{
	static unsigned char from[SIZE], to[SIZE], table[256];
	int i;

	for (i = 0; i < 256; i++)
		table[i] = (unsigned char)(i * 7 + 3);
	for (i = 0; i < SIZE; i++)
		from[i] = (unsigned char)mix(1, (uint64_t)i);
	alarms_start();
	while (alarms < 60) {
		translate(to, from, table);
		for (i = 0; i < SIZE; i++)
			CHECK(to[i] == (unsigned char)(from[i] * 7 + 3));
		flip(to, from);
		for (i = 0; i < SIZE; i++)
			CHECK(to[i] == (unsigned char)~from[i]);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
