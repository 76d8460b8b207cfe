/* Data in the text between functions that looks like backward jumps is read unchanged. */
#include "preempt.h"

extern const unsigned char bytes[], last_bytes[];
extern uint64_t first(uint64_t n), second(uint64_t n);

#define LOOKS_LIKE_JUMPS \
	".byte 0xeb, 0xfe, 0x75, 0xfd, 0xe2, 0xfe, 0xe8, 0xf0, 0xff, 0xff, 0xff, 0x0f, 0x85, 0xf0, 0xff\n" \
	".byte 0xff, 0xff, 0xff, 0xe0, 0x0f, 0x31, 0x0f, 0xa2, 0x0f, 0x05, 0x0f, 0xc7, 0xf0, 0xe9, 0xe0\n" \
	".byte 0xff, 0xff, 0xff\n"

static const unsigned char right[] = {0xeb, 0xfe, 0x75, 0xfd, 0xe2, 0xfe, 0xe8, 0xf0, 0xff,
				      0xff, 0xff, 0x0f, 0x85, 0xf0, 0xff, 0xff, 0xff, 0xff,
				      0xe0, 0x0f, 0x31, 0x0f, 0xa2, 0x0f, 0x05, 0x0f, 0xc7,
				      0xf0, 0xe9, 0xe0, 0xff, 0xff, 0xff};

FUNCTION(first,
	 "	xor %eax, %eax\n1:	inc %rax\n	dec %rdi\n	jnz 1b\n	ret");
__asm__(".text\n.globl bytes\n.type bytes, @object\nbytes:\n" LOOKS_LIKE_JUMPS
	".size bytes, . - bytes\n");
__asm__(".text\n" LOOKS_LIKE_JUMPS); /* without a name */
FUNCTION(second,
	 "	xor %eax, %eax\n1:	add $2, %rax\n	dec %rdi\n	jnz 1b\n	ret");
__asm__(".text\n.globl last_bytes\nlast_bytes:\n" LOOKS_LIKE_JUMPS); /* without a type or size */

int main(void)
{
	alarms_start();
	while (alarms < 60) {
		CHECK(first(100000) == 100000 && second(100000) == 200000);
		CHECK(!memcmp(bytes, right, sizeof(right)));
		CHECK(!memcmp(bytes + sizeof(right), right, sizeof(right)));
		CHECK(!memcmp(last_bytes, right, sizeof(right)));
	}
	alarms_stop();
	puts("ok");
	return 0;
}
