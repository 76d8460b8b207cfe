/* rdrand with every register and width, and in the loop that asks until there is a number. */
#include "registers.h"

#include <cpuid.h>

EACH_REGISTER(16, "rdrand");
EACH_REGISTER(32, "rdrand");
EACH_REGISTER(64, "rdrand");

extern uint64_t retry(void), many(long n);

FUNCTION(retry, "1:	rdrand %rax\n	jnc 1b\n	ret");
FUNCTION(
	many,
	"	xor %eax, %eax\n1:	rdrand %r11d\n	jnc 1b\n	rol $7, %rax\n	xor %r11, %rax\n"
	"	dec %rdi\n	jnz 1b\n	ret");

static int failures;

/* A number or none, and the flags that show which. */
static void check(int bits, uint64_t value, uint64_t flags)
{
	uint64_t kept = bits == 16 ? ~0xfffful : 0,
		 number = bits == 64 ? value : value & ((1ul << bits) - 1);

	CHECK((flags & (ARITHMETIC_FLAGS & ~CARRY)) == 0 && value == (kept | number));
	CHECK(flags & CARRY || number == 0);
	failures += !(flags & CARRY);
}

int main(void)
{
	unsigned a, b, c, d;
	uint64_t first, second;
	int round, i;

	if (!__get_cpuid_count(1, 0, &a, &b, &c, &d) || !(c & bit_RDRND))
		SKIP("no rdrand");
	alarms_start();
	for (round = 0; round < 20 || alarms < 5; round++) {
		each16();
		each32();
		each64();
		for (i = 0; i < REGISTERS; i++) {
			check(16, values16[i], flags16[i]);
			check(32, values32[i], flags32[i]);
			check(64, values64[i], flags64[i]);
			if (!round)
				printf("%04lx %08lx %016lx\n", values16[i] & 0xffff, values32[i],
				       values64[i]);
		}
	}
	first = retry();
	second = retry();
	CHECK(first != second);
	printf("%016lx %016lx %016lx, %d failures\n", first, second, many(2000), failures);
	alarms_stop();
	puts("ok");
	return 0;
}
