/* String instructions with rep, in loops, forwards and backwards, interrupted. */
#include "preempt.h"

enum { SIZE = 1 << 16 };

extern uint64_t copy(void *to, const void *from, uint64_t turns),
	copy_back(void *to, const void *from, uint64_t turns);
extern uint64_t fill(void *to, uint64_t turns), find(const void *in, uint64_t turns),
	equal(const void *a, const void *b);

FUNCTION(
	copy,
	"	mov %rdi, %r8\n	mov %rsi, %r9\n1:	mov %r8, %rdi\n	mov %r9, %rsi\n	mov $65536, %ecx\n	rep movsb\n"
	"	dec %rdx\n	jnz 1b\n	mov %rdi, %rax\n	sub %r8, %rax\n	ret");
FUNCTION(
	copy_back,
	"	lea 65528(%rdi), %r8\n	lea 65528(%rsi), %r9\n	std\n"
	"1:	mov %r8, %rdi\n	mov %r9, %rsi\n	mov $8192, %ecx\n	rep movsq\n	dec %rdx\n	jnz 1b\n"
	"	cld\n	mov %r8, %rax\n	sub %rdi, %rax\n	ret");
/* One element at a time: most of such loops are rep with a count of one. */
FUNCTION(
	fill,
	"1:	mov $1, %ecx\n	mov %esi, %eax\n	rep stosb\n	dec %rsi\n	jnz 1b\n	mov %rdi, %rax\n	ret");
FUNCTION(
	find,
	"	mov %rdi, %r8\n1:	mov %r8, %rdi\n	mov $-1, %rcx\n	mov $1, %eax\n	repne scasb\n	dec %rsi\n"
	"	jnz 1b\n	not %rcx\n	mov %rcx, %rax\n	ret");
FUNCTION(
	equal,
	"	mov $65536, %ecx\n1:	repe cmpsb\n	jne 2f\n	jrcxz 3f\n	jmp 1b\n2:	inc %rcx\n3:	mov %rcx, %rax\n	ret");

int main(void)
{
	static unsigned char from[SIZE], to[SIZE + 1];
	int i;

	for (i = 0; i < SIZE; i++)
		from[i] = (unsigned char)(mix(1, (uint64_t)i) | 2);
	alarms_start();
	while (alarms < 60) {
		memset(to, 0, SIZE);
		CHECK(copy(to, from, 3) == SIZE && !memcmp(to, from, SIZE) && equal(to, from) == 0);
		to[SIZE - 10] ^= 1;
		CHECK(equal(to, from) == 10);
		CHECK(copy_back(to, from, 3) == SIZE && !memcmp(to, from, SIZE));
		CHECK(fill(to, SIZE) == (uint64_t)(to + SIZE));
		for (i = 0; i < SIZE; i++)
			CHECK(to[i] == (unsigned char)(SIZE - i));
		memset(to, 2, SIZE);
		to[SIZE - 1] = 1;
		CHECK(find(to, 3) == SIZE);
	}
	alarms_stop();
	puts("ok");
	return 0;
}
