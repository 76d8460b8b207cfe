/* Stack overflow: the handler runs on the alternate stack and jumps out; twice. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>

static sigjmp_buf back;
static char alternate[65536];
static volatile int on_alternate;

static void on_fault(int sig)
{
	char here;

	on_alternate = &here >= alternate && &here < alternate + sizeof(alternate);
	siglongjmp(back, sig);
}

static int recurse(volatile int depth)
{
	volatile char frame[4000];

	frame[0] = (char)depth;
	return depth < 0 ? 0 : recurse(depth + 1) + frame[0];
}

int main(void)
{
	stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
	struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
	struct rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
	volatile int round;

	CHECK(!setrlimit(RLIMIT_STACK, &limit));
	CHECK(!sigaltstack(&stack, NULL) && !sigaction(SIGSEGV, &action, NULL));
	for (round = 0; round < 2; round++) {
		if (!sigsetjmp(back, 1)) {
			recurse(1);
			CHECK(!"no overflow");
		}
		CHECK(on_alternate);
		printf("overflow %d\n", round);
		on_alternate = 0;
	}
	puts("ok");
	return 0;
}
