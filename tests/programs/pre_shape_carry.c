/* Sums of long numbers: the carry lives across the backward jump of every round, for each kind of
 * jump. */
#include "preempt.h"

enum { WORDS = 4096 };

#define LOOP(name, body) \
	extern uint64_t name(uint64_t *sum, const uint64_t *a, const uint64_t *b, uint64_t words); \
	FUNCTION(name, body)
#define TURN \
	"	mov (%rsi,%r8,8), %rax\n	adc (%rdx,%r8,8), %rax\n	mov %rax, (%rdi,%r8,8)\n	lea 1(%r8), %r8\n"
#define DONE "	setc %al\n	movzbl %al, %eax\n	ret"

LOOP(by_dec, "	xor %r8d, %r8d\n1:\n" TURN "	dec %rcx\n	jnz 1b\n" DONE);
LOOP(by_loop, "	xor %r8d, %r8d\n1:\n" TURN "	loop 1b\n" DONE);
LOOP(by_jrcxz, "	xor %r8d, %r8d\n1:	jrcxz 2f\n" TURN
	       "	lea -1(%rcx), %rcx\n	jmp 1b\n2:\n" DONE);
LOOP(by_indirect, "	lea 1f(%rip), %r9\n	lea 2f(%rip), %r10\n	xor %r8d, %r8d\n1:\n" TURN
		  "	dec %rcx\n	cmovz %r10, %r9\n	jmp *%r9\n2:\n" DONE);
LOOP(by_call, "	mov %rsp, %r9\n	xor %r8d, %r8d\n1:\n" TURN
	      "	dec %rcx\n	jz 2f\n	call 1b\n2:	mov %r9, %rsp\n" DONE);
/* inc, dec and lea keep the carry, so jc and jnc can end a loop too. */
LOOP(while_carry,
     "	mov %rcx, %r8\n	xor %eax, %eax\n1:	dec %r8\n	inc %rax\n	mov (%rsi,%r8,8), %r9\n	add %r9, %r9\n"
     "	jc 1b\n	ret");
LOOP(two_chains,
     "	xor %r8d, %r8d\n	xor %r9d, %r9d\n	xor %r10d, %r10d\n1:	mov (%rsi,%r8,8), %rax\n	adcx %rax, %r9\n"
     "	adox (%rdx,%r8,8), %r10\n	lea 1(%r8), %r8\n	lea -1(%rcx), %rcx\n	jrcxz 2f\n	jmp 1b\n2:	mov $0, %eax\n"
     "	adcx %rax, %r9\n	adox %rax, %r10\n	lea (%r9,%r10), %rax\n	ret");

int main(void)
{
	static uint64_t (*const sums[])(uint64_t *, const uint64_t *, const uint64_t *,
					uint64_t) = {by_dec, by_loop, by_jrcxz, by_indirect,
						     by_call};
	static uint64_t a[WORDS], b[WORDS], sum[WORDS], right[WORDS];
	uint64_t x = 1, chains[2] = {0, 0};
	unsigned __int128 carry = 0, carries[2] = {0, 0};
	int i, n;

	for (i = 0; i < WORDS; i++) {
		a[i] = x = mix(x, 1);
		b[i] = i % 3 ? ~a[i] : x * 5;
		carry += (unsigned __int128)a[i] + b[i];
		right[i] = (uint64_t)carry;
		carry >>= 64;
		carries[0] += chains[0], carries[0] += a[i];
		chains[0] = (uint64_t)carries[0], carries[0] >>= 64;
		carries[1] += chains[1], carries[1] += b[i];
		chains[1] = (uint64_t)carries[1], carries[1] >>= 64;
	}
	alarms_start();
	while (alarms < 60) {
		for (n = 0; n < 5; n++) {
			memset(sum, 0, sizeof(sum));
			CHECK(sums[n](sum, a, b, WORDS) == (uint64_t)carry);
			CHECK(!memcmp(sum, right, sizeof(sum)));
		}
		if (__builtin_cpu_supports("adx"))
			CHECK(two_chains(NULL, a, b, WORDS) ==
			      chains[0] + (uint64_t)carries[0] + chains[1] + (uint64_t)carries[1]);
		for (n = WORDS, i = 0; i < 1; i++)
			while (a[n - 1] >> 63)
				n--;
		CHECK(while_carry(NULL, a, NULL, WORDS) == (uint64_t)(WORDS - n + 1));
	}
	alarms_stop();
	puts("ok");
	return 0;
}
