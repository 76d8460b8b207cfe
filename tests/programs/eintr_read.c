/* Without SA_RESTART a blocked read ends with EINTR. */
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
	pid_t child, parent = getpid();
	int fds[2];
	char byte;

	CHECK(!pipe(fds) && !sigaction(SIGUSR1, &action, NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		for (;;) {
			await_sleep(parent);
			CHECK(!kill(parent, SIGUSR1));
			sched_yield();
		}
	}
	CHECK(read(fds[0], &byte, 1) == -1 && errno == EINTR && handled);
	printf("read was interrupted, signal %d\n", (int)handled);
	while (!kill(child, SIGKILL) && waitpid(child, NULL, 0) != child)
		CHECK(errno == EINTR);
	puts("ok");
	return 0;
}
