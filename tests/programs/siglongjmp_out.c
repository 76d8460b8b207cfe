/* siglongjmp out of a handler, many times: the mask is restored, the stack does not grow. */
#include "check.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;
static char *deepest, *highest;

static void leave(int sig)
{
	char here;

	if (!deepest || &here < deepest)
		deepest = &here;
	if (!highest || &here > highest)
		highest = &here;
	siglongjmp(back, sig);
}

int main(void)
{
	volatile int count;
	sigset_t now;

	CHECK(signal(SIGUSR1, leave) != SIG_ERR);
	for (count = 0; count < 200; count++) {
		if (!sigsetjmp(back, 1)) {
			raise(SIGUSR1);
			CHECK(!"came back");
		}
		CHECK(!sigprocmask(SIG_BLOCK, NULL, &now) && !sigismember(&now, SIGUSR1));
	}
	printf("handler frames from %p to %p\n", (void *)deepest, (void *)highest);
	CHECK(highest - deepest < 8192);
	if (!sigsetjmp(back, 0))
		raise(SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &now) && sigismember(&now, SIGUSR1));
	puts("ok");
	return 0;
}
