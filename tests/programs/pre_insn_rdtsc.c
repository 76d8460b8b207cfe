/* rdtsc in loops of several shapes, interrupted; it goes forwards, clears the upper halves and
 * keeps the flags. */
#include "preempt.h"

extern uint64_t read_kept(uint64_t *flags), until(uint64_t end), until_bit(void), sum(long n),
	between(long n);

FUNCTION(read_kept, "	mov $-1, %rax\n	mov $-1, %rdx\n	push $0x8d7\n	popf\n	rdtsc\n	pushf\n"
		    "	popq (%rdi)\n	mov %rdx, %rcx\n	shl $32, %rdx\n	or %rdx, %rax\n"
		    "	shr $32, %rcx\n	jz 1f\n	xor %eax, %eax\n1:	ret");
FUNCTION(until,
	 "1:	rdtsc\n	shl $32, %rdx\n	or %rdx, %rax\n	cmp %rdi, %rax\n	jb 1b\n	ret");
FUNCTION(
	until_bit,
	"1:	rdtsc\n	test $0x400, %eax\n	jz 1b\n2:	rdtsc\n	test $0x400, %eax\n	jnz 2b\n"
	"	shl $32, %rdx\n	or %rdx, %rax\n	ret");
/* The flag that the jump tests is older than the rdtsc just before it. */
FUNCTION(sum, "	xor %ecx, %ecx\n1:	lea (%rcx,%rax), %rcx\n	dec %rdi\n	rdtsc\n	jnz 1b\n"
	      "	mov %rcx, %rax\n	ret");
FUNCTION(
	between,
	"	xor %r8d, %r8d\n1:	rdtsc\n	mov %eax, %r9d\n	rdtsc\n	sub %r9d, %eax\n	add %rax, %r8\n"
	"	dec %rdi\n	jne 1b\n	mov %r8, %rax\n	ret");

int main(void)
{
	uint64_t last, now, flags;
	int i;

	alarms_start();
	last = read_kept(&flags);
	for (i = 0; i < 1000; i++) {
		now = read_kept(&flags);
		CHECK(now >= last && (flags & 0x8d5) == 0x8d5);
		last = now;
	}
	printf("%lu %lu %lu\n", now, sum(1000), between(1000));
	while (alarms < 10) {
		now = until(last + 100000);
		CHECK(now >= last + 100000);
		last = now;
	}
	printf("%lu %lu\n", last, until_bit());
	CHECK(until(0) > last);
	alarms_stop();
	puts("ok");
	return 0;
}
