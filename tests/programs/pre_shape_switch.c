/* Switches through jump tables, with cases that fall through into others, in loops that are
 * interrupted. */
#include "preempt.h"

enum { OPS = 64 };

/* A simple interpreter: the result of each case depends on falling through. */
__attribute__((noinline)) static uint64_t by_switch(const unsigned char *ops, long n)
{
	uint64_t x = 1;
	long i;

	for (i = 0; i < n; i++)
		switch (ops[i]) {
		case 0: x += 3; /* fall through */
		case 1: x ^= x >> 5; break;
		case 2: x *= 5; /* fall through */
		case 3: x -= 7; /* fall through */
		case 4: x ^= x << 3; break;
		case 5: continue;
		case 6:
			while (x & 1)
				x >>= 1; /* fall through */
		case 7: x += (uint64_t)i; break;
		case 8: x = x << 7 | x >> 57; break;
		case 12: x = ~x; /* fall through */
		default: x += 11;
		}
	return x;
}

__attribute__((noinline)) static uint64_t by_comparison(const unsigned char *ops, long n)
{
	uint64_t x = 1;
	volatile unsigned char op;
	long i;

	for (i = 0; i < n; i++) {
		op = ops[i];
		if (op == 0)
			x += 3;
		if (op == 2)
			x *= 5;
		if (op == 2 || op == 3)
			x -= 7;
		if (op < 2)
			x ^= x >> 5;
		else if (op < 5)
			x ^= x << 3;
		while (op == 6 && x & 1)
			x >>= 1;
		if (op == 6 || op == 7)
			x += (uint64_t)i;
		if (op == 8)
			x = x << 7 | x >> 57;
		if (op == 12)
			x = ~x;
		if (op > 8)
			x += 11;
	}
	return x;
}

int main(void)
{
	static unsigned char ops[100000];
	uint64_t x = 1, right;
	long i;

	for (i = 0; i < (long)sizeof(ops); i++) {
		x = mix(x, (uint64_t)i);
		ops[i] = x % 14;
	}
	right = by_comparison(ops, sizeof(ops));
	alarms_start();
	while (alarms < 60)
		CHECK(by_switch(ops, sizeof(ops)) == right);
	alarms_stop();
	printf("%016lx\n", right);
	puts("ok");
	return 0;
}
