/* The kernel uses only the lower half of a call's number. int 0x80 makes a 32-bit call, or none. */
#include "check.h"

#include <sys/syscall.h>

static long call(unsigned long number)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
	return result;
}

/* If the kernel does not support 32-bit programs, this may fault. */
static long old_call(long number)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		long result;
		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(number), "b"(1L), "c"(0L), "d"(0L)
				 : "memory");
		_exit(result == -ENOSYS ? 1 : result == getpid() ? 2 : result == 0 ? 3 : 4);
	}
	int status = status_of(pid);
	if (WIFSIGNALED(status))
		CHECK(WTERMSIG(status) == SIGSEGV);
	return WIFSIGNALED(status) ? 1 : WEXITSTATUS(status);
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
	result = old_call(20);
	CHECK(result == 2 || result == 1);
	/* 4 is write there, and stat here. */
	result = old_call(4);
	CHECK(result == 3 || result == 1);
	puts("ok");
	return 0;
}
