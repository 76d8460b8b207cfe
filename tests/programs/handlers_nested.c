/* Handlers within handlers: three signals, each raised in the other's handler, unwind in order. */
#include "check.h"

#include <signal.h>

static char trace[64];
static volatile int length;

static void handler(int sig)
{
	char letter = sig == SIGUSR1 ? 'a' : sig == SIGUSR2 ? 'b' : 'c';

	trace[length++] = letter;
	if (sig == SIGUSR1)
		raise(SIGUSR2);
	else if (sig == SIGUSR2)
		raise(SIGALRM);
	trace[length++] = letter;
}

int main(void)
{
	int i;

	CHECK(signal(SIGUSR1, handler) != SIG_ERR && signal(SIGUSR2, handler) != SIG_ERR);
	CHECK(signal(SIGALRM, handler) != SIG_ERR);
	for (i = 0; i < 5; i++)
		raise(SIGUSR1);
	puts(trace);
	CHECK(!strcmp(trace, "abccbaabccbaabccbaabccbaabccba"));
	puts("ok");
	return 0;
}
