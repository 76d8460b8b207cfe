/* sigaction returns what was set; SIGKILL and SIGSTOP can't be changed; flags and mask come back.
 */
#include "check.h"

#include <signal.h>

static void handler(int sig)
{
	(void)sig;
}

int main(void)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_NODEFER}, old;
	int sig, settable = 0;

	sigaddset(&action.sa_mask, SIGHUP);
	sigaddset(&action.sa_mask, SIGKILL);
	for (sig = 1; sig < 65; sig++)
		settable += !sigaction(sig, &action, NULL);
	printf("%d signals can be handled\n", settable);
	CHECK(settable == 60);
	CHECK(sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL);
	CHECK(sigaction(SIGSTOP, &action, NULL) == -1 && sigaction(65, &action, NULL) == -1);
	CHECK(!sigaction(SIGUSR1, NULL, &old) && old.sa_handler == handler);
	CHECK((old.sa_flags & (SA_RESTART | SA_NODEFER)) == (SA_RESTART | SA_NODEFER));
	CHECK(sigismember(&old.sa_mask, SIGHUP) && !sigismember(&old.sa_mask, SIGKILL));
	CHECK(signal(SIGUSR1, SIG_IGN) == handler && signal(SIGUSR1, SIG_DFL) == SIG_IGN);
	puts("ok");
	return 0;
}
