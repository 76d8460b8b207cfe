/* A blocked write of more than a pipe holds is cut short by a signal: a partial count. */
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
	struct sigaction action = {.sa_handler = note};
	static char block[200000];
	pid_t child, parent = getpid();
	ssize_t written;
	int fds[2];

	CHECK(!pipe(fds) && !sigaction(SIGUSR1, &action, NULL));
	child = fork();
	CHECK(child >= 0);
	while (!child) {
		await_sleep(parent);
		CHECK(!kill(parent, SIGUSR1));
		sched_yield();
	}
	written = write(fds[1], block, sizeof(block));
	printf("%zd bytes written\n", written);
	CHECK(written > 0 && written < (ssize_t)sizeof(block) && handled);
	CHECK(!kill(child, SIGKILL));
	while (waitpid(child, NULL, 0) != child)
		CHECK(errno == EINTR);
	puts("ok");
	return 0;
}
