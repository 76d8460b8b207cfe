/* ppoll with a ready descriptor and a pending signal that its mask unblocks: it reports one of
 * them, and loses none. */
#include "check.h"

#include <poll.h>
#include <signal.h>

static volatile sig_atomic_t handled;

static void note(int sig)
{
	(void)sig;
	handled++;
}

int main(void)
{
	struct pollfd poll_set;
	sigset_t set, none;
	int fds[2], result;

	CHECK(!pipe(fds) && write(fds[1], "x", 1) == 1 && signal(SIGUSR1, note) != SIG_ERR);
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL) && !raise(SIGUSR1));
	poll_set = (struct pollfd){.fd = fds[0], .events = POLLIN};
	result = ppoll(&poll_set, 1, NULL, &none);
	printf("ppoll says %d, %d handled\n", result, (int)handled);
	CHECK(result == 1 && poll_set.revents == POLLIN);
	CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL) && handled == 1);
	puts("ok");
	return 0;
}
