/* A clone whose exit signal is not SIGCHLD: only __WCLONE and __WALL see it, and that signal comes.
 */
#include "check.h"

#include <signal.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile sig_atomic_t got;

static void note(int sig)
{
	got = sig;
}

static int run(void *arg)
{
	(void)arg;
	return 3;
}

int main(void)
{
	pid_t child;
	int status;

	CHECK(signal(SIGUSR1, note) != SIG_ERR);
	child = clone(run, stack + sizeof(stack), SIGUSR1, NULL);
	CHECK(child > 0);
	CHECK(waitpid(child, &status, 0) == -1 && errno == ECHILD);
	while (waitpid(child, &status, __WCLONE) == -1)
		CHECK(errno == EINTR);
	CHECK(WEXITSTATUS(status) == 3 && got == SIGUSR1);
	printf("child %d exited with signal %d\n", (int)child, (int)got);

	child = clone(run, stack + sizeof(stack), 0, NULL);
	CHECK(child > 0);
	CHECK(waitpid(child, &status, __WALL) == child && WEXITSTATUS(status) == 3);
	printf("child %d exited silently\n", (int)child);
	puts("ok");
	return 0;
}
