/* sa_mask blocks other signals while the handler runs, its own too unless SA_NODEFER. */
#include "check.h"

#include <signal.h>

static char trace[64];
static volatile int length, depth;

static void outer(int sig)
{
	trace[length++] = '(';
	if (depth++ < 2)
		raise(sig);
	raise(SIGUSR2);
	trace[length++] = ')';
}

static void inner(int sig)
{
	(void)sig;
	trace[length++] = 'x';
}

static void run(int flags, int mask_inner, const char *expected)
{
	struct sigaction action = {.sa_handler = outer, .sa_flags = flags};

	length = depth = 0;
	memset(trace, 0, sizeof(trace));
	if (mask_inner)
		sigaddset(&action.sa_mask, SIGUSR2);
	CHECK(!sigaction(SIGUSR1, &action, NULL));
	raise(SIGUSR1);
	puts(trace);
	CHECK(!strcmp(trace, expected));
}

int main(void)
{
	sigset_t mask;

	CHECK(signal(SIGUSR2, inner) != SIG_ERR);
	run(0, 0, "(x)(x)(x)");
	run(0, 1, "()()()x");
	run(SA_NODEFER, 0, "(((x)x)x)");
	run(SA_NODEFER, 1, "((()))x");
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &mask) && !sigismember(&mask, SIGUSR2));
	puts("ok");
	return 0;
}
