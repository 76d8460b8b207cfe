/* Blocked signals stay pending, show in sigpending, and are delivered when they are unblocked.
 * Ignoring a signal drops it. */
#include "check.h"

#include <signal.h>

static volatile sig_atomic_t order[8], count;

static void note(int sig)
{
	order[count++] = sig;
}

int main(void)
{
	sigset_t set, old, pending;
	pid_t child;

	CHECK(signal(SIGUSR1, note) != SIG_ERR && signal(SIGUSR2, note) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	CHECK(!sigprocmask(SIG_BLOCK, &set, &old));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!kill(getppid(), SIGUSR2) && !kill(getppid(), SIGUSR1) &&
		      !kill(getppid(), SIGUSR1));
		_exit(0);
	}
	CHECK(status_of(child) == 0 && count == 0);
	CHECK(!sigpending(&pending) && sigismember(&pending, SIGUSR1) &&
	      sigismember(&pending, SIGUSR2));
	CHECK(!sigprocmask(SIG_SETMASK, &old, NULL));
	printf("%d signals: %d %d\n", (int)count, (int)order[0], (int)order[1]);
	CHECK(count == 2 && order[0] + order[1] == SIGUSR1 + SIGUSR2);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL) && !raise(SIGUSR1));
	CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR && !sigpending(&pending) &&
	      !sigismember(&pending, SIGUSR1));
	CHECK(!sigprocmask(SIG_SETMASK, &old, NULL) && count == 2);
	puts("ok");
	return 0;
}
