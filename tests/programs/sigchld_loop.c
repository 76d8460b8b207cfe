/* A SIGCHLD handler that reaps in a loop: every child is counted once, however signals merge. */
#include "check.h"

#include <signal.h>

#define CHILDREN 30

static volatile sig_atomic_t reaped, signals, sum;

static void reap(int sig)
{
	int status, saved = errno;

	(void)sig;
	signals++;
	while (waitpid(-1, &status, WNOHANG) > 0) {
		reaped++;
		sum += WEXITSTATUS(status);
	}
	errno = saved;
}

int main(void)
{
	sigset_t set, none;
	pid_t child;
	int i;

	CHECK(signal(SIGCHLD, reap) != SIG_ERR);
	for (i = 0; i < CHILDREN; i++) {
		child = fork();
		CHECK(child >= 0);
		if (!child)
			_exit(i);
	}
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	while (reaped < CHILDREN)
		sigsuspend(&none);
	printf("%d children, %d signals\n", (int)reaped, (int)signals);
	CHECK(sum == CHILDREN * (CHILDREN - 1) / 2 && signals <= CHILDREN);
	puts("ok");
	return 0;
}
