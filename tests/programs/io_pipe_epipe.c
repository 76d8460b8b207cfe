/* A write to a pipe without readers: EPIPE if SIGPIPE is handled or ignored, death by default. */
#include "check.h"

#include <signal.h>
#include <sys/wait.h>

static volatile sig_atomic_t handled;

static void handler(int sig)
{
	handled += sig == SIGPIPE;
}

int main(void)
{
	int p[2], status;

	CHECK(pipe(p) == 0 && close(p[0]) == 0);
	signal(SIGPIPE, handler);
	CHECK(write(p[1], "x", 1) == -1 && errno == EPIPE && handled == 1);
	signal(SIGPIPE, SIG_IGN);
	CHECK(write(p[1], "x", 1) == -1 && errno == EPIPE && handled == 1);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		_exit(write(p[1], "x", 1) == 1);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
	      WTERMSIG(status) == SIGPIPE);
	printf("child %d died of %d\n", child, WTERMSIG(status));
	puts("ok");
	return 0;
}
