/* cflags: -static -nostdlib -fno-stack-protector -fno-builtin -O1 */
/* Loops, recursion, a table of functions and a switch, without any library: the same edges in every
 * run. */
#include <stdint.h>

static long call3(long nr, long a, long b, long c)
{
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return r;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * 0x9e3779b97f4a7c15u;
	return a ^ a >> 29;
}

__attribute__((noinline)) static uint64_t fibonacci(unsigned n)
{
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((noinline)) static uint64_t half(uint64_t x)
{
	return x >> 1;
}

__attribute__((noinline)) static uint64_t odd(uint64_t x)
{
	return 3 * x + 1;
}

static uint64_t (*const volatile steps[2])(uint64_t) = {half, odd};

__attribute__((noinline)) static unsigned collatz(uint64_t x)
{
	unsigned n = 0;

	for (; x != 1; n++)
		x = steps[x & 1](x);
	return n;
}

__attribute__((noinline)) static uint64_t kind(uint64_t x)
{
	switch (x % 7) {
	case 0: return x + 1;
	case 1: return x ^ 0x55;
	case 2: return x * 5;
	case 3: return ~x;
	case 4: return x << 3;
	case 5: return mix(x, 5);
	default: return x - 9;
	}
}

__attribute__((used, noreturn)) static void begin(void)
{
	char line[18];
	uint64_t sum = 0;

	for (unsigned i = 1; i < 60; i++) {
		sum = mix(sum, collatz(i));
		sum = mix(sum, kind(sum));
		call3(39 /* getpid */, 0, 0, 0);
	}
	sum = mix(sum, fibonacci(10));
	for (int i = 0; i < 16; i++)
		line[i] = "0123456789abcdef"[sum >> 4 * (15 - i) & 15];
	line[16] = '\n';
	call3(1, 1, (long)line, 17);
	call3(1, 1, (long)"ok\n", 3);
	call3(231 /* exit_group */, 0, 0, 0);
	for (;;)
		;
}

__asm__(".globl _start\n_start: xor %ebp, %ebp\n and $-16, %rsp\n call begin\n");
