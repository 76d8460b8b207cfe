/* The stack reaches its limit, and a handler on the alternate stack jumps out. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>

static sigjmp_buf out;

static void segv(int sig)
{
	siglongjmp(out, sig);
}

static volatile int go_on = 1;

static int endless(volatile char *above)
{
	volatile char frame[4096];

	frame[0] = above[0] + 1;
	return go_on ? endless(frame) + frame[0] : 0;
}

int main(void)
{
	static char other[65536];
	stack_t ss = {.ss_sp = other, .ss_size = sizeof(other)};
	struct sigaction sa = {.sa_handler = segv, .sa_flags = SA_ONSTACK};
	struct rlimit limit;
	volatile char first = 0;
	volatile int times = 0;

	CHECK(getrlimit(RLIMIT_STACK, &limit) == 0);
	limit.rlim_cur = 2 << 20;
	CHECK(setrlimit(RLIMIT_STACK, &limit) == 0);
	CHECK(sigaltstack(&ss, NULL) == 0 && sigaction(SIGSEGV, &sa, NULL) == 0);
	if (!sigsetjmp(out, 1) || times < 2) {
		times++;
		endless(&first);
	}
	printf("%p overflown %d times\n", (void *)&first, times);
	CHECK(times == 2);
	puts("ok");
	return 0;
}
