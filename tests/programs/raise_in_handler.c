/* A handler that raises its own signal, blocked meanwhile: it comes once more after each return. */
#include "check.h"

#include <signal.h>

static volatile int count, depth, deepest;

static void again(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (++count < 50)
		raise(sig);
	depth--;
}

int main(void)
{
	CHECK(signal(SIGUSR1, again) != SIG_ERR);
	raise(SIGUSR1);
	printf("%d times, %d deep\n", count, deepest);
	CHECK(count == 50 && deepest == 1);
	puts("ok");
	return 0;
}
