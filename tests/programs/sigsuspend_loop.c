/* sigsuspend: blocked signals come in only there, and the mask is back afterwards. */
#include "check.h"

#include <signal.h>

static volatile sig_atomic_t handled;

static void note(int sig)
{
	(void)sig;
	handled++;
}

int main(void)
{
	sigset_t block, old, now;
	pid_t child, parent = getpid();
	int i;

	CHECK(signal(SIGUSR1, note) != SIG_ERR && signal(SIGUSR2, note) != SIG_ERR);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &block, &old));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(signal(SIGUSR1, note) != SIG_ERR);
		for (i = 0; i < 20; i++) {
			CHECK(!kill(parent, SIGUSR1));
			while (handled == i)
				sigsuspend(&old);
		}
		_exit(0);
	}
	for (i = 0; i < 20; i++) {
		CHECK(handled == i);
		while (handled == i)
			CHECK(sigsuspend(&old) == -1 && errno == EINTR);
		CHECK(handled == i + 1);
		CHECK(!sigprocmask(SIG_BLOCK, NULL, &now) && sigismember(&now, SIGUSR1));
		CHECK(!kill(child, SIGUSR1));
	}
	CHECK(status_of(child) == 0);
	printf("%d signals from %d\n", (int)handled, (int)child);
	puts("ok");
	return 0;
}
