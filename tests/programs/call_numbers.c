/* The kernel looks at the lower half of a call's number alone; int 0x80 makes a 32-bit call, or none. */
#include "check.h"

#include <sys/syscall.h>

static long call(unsigned long number)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
	return result;
}

int main(void)
{
	long result;

	CHECK(call(SYS_getpid) == getpid());
	CHECK(call(1ul << 32 | SYS_getpid) == getpid());
	CHECK(call(~0ul << 32 | SYS_getpid) == getpid());
	CHECK(call(1ul << 63 | SYS_getpid) == getpid());
	CHECK(call(~0ul) == -ENOSYS);
	CHECK(call(1000) == -ENOSYS);
	CHECK(call(65536 + SYS_getpid) == -ENOSYS);
	CHECK(call(0x7fffffff) == -ENOSYS);

	/* 20 is getpid there, and writev here. */
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L), "b"(1L), "c"(0L), "d"(0L) : "memory");
	CHECK(result == getpid() || result == -ENOSYS);
	/* 4 is write there, and stat here. */
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(4L), "b"(1L), "c"(0L), "d"(0L) : "memory");
	CHECK(result == 0 || result == -ENOSYS);
	puts("ok");
	return 0;
}
