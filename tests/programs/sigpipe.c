/* A write to a pipe nobody reads: EPIPE with the signal handled or ignored, death without. */
#include "check.h"

#include <signal.h>

static volatile sig_atomic_t got;

static void note(int sig)
{
	got = sig;
}

int main(void)
{
	int fds[2];
	pid_t child;

	CHECK(!pipe(fds) && !close(fds[0]));
	CHECK(signal(SIGPIPE, note) != SIG_ERR);
	CHECK(write(fds[1], "x", 1) == -1 && errno == EPIPE && got == SIGPIPE);
	CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	CHECK(write(fds[1], "x", 1) == -1 && errno == EPIPE);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		signal(SIGPIPE, SIG_DFL);
		_exit((int)write(fds[1], "x", 1));
	}
	CHECK(WTERMSIG(status_of(child)) == SIGPIPE);
	printf("child %d\n", (int)child);
	puts("ok");
	return 0;
}
