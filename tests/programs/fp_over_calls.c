/* x87, SSE and AVX state over system calls, blocked ones among them, and over fork. */
#include "check.h"

#include <sys/syscall.h>

static long call(long number, long first, long second, long third, unsigned long *after)
{
	static const unsigned long before[8] = {~1UL, ~2UL, ~3UL, ~4UL, 5, 6, 7, 8};
	register long fourth __asm__("r10") = 0;
	long result;

	memset(after, 0, sizeof(before));
	__asm__ volatile("fldpi; movups (%6), %%xmm1; movups 16(%6), %%xmm9\n\t"
			 "movups 32(%6), %%xmm14; movups 48(%6), %%xmm15\n\t"
			 "syscall\n\t"
			 "movups %%xmm1, (%7); movups %%xmm9, 16(%7)\n\t"
			 "movups %%xmm14, 32(%7); movups %%xmm15, 48(%7); fistpl 64(%7)"
			 : "=a"(result), "+r"(fourth)
			 : "a"(number), "D"(first), "S"(second), "d"(third), "r"(before), "r"(after)
			 : "rcx", "r11", "memory", "xmm1", "xmm9", "xmm14", "xmm15");
	CHECK(!memcmp(before, after, sizeof(before)) && (int)after[8] == 3);
	return result;
}

int main(void)
{
	unsigned long after[9] = {0};
	int fds[2], i;
	char byte;
	pid_t child;

	CHECK(!pipe(fds));
	CHECK(call(SYS_getpid, 0, 0, 0, after) == getpid());
	child = (pid_t)call(SYS_fork, 0, 0, 0, after);
	CHECK(child >= 0);
	for (i = 0; !child && i < 3; i++)
		CHECK(call(SYS_write, fds[1], (long)"abc" + i, 1, after) == 1);
	if (!child)
		_exit(0);
	for (i = 0; i < 3; i++)
		CHECK(call(SYS_read, fds[0], (long)&byte, 1, after) == 1 && byte == "abc"[i]);
	CHECK(call(SYS_wait4, child, 0, 0, after) == child);
	printf("child %d\n", (int)child);
	puts("ok");
	return 0;
}
