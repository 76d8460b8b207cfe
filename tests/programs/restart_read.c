/* SA_RESTART: a blocked read goes on after the handler and gets its data. */
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
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
	int fds[2];
	pid_t child, parent = getpid();
	char text[8] = "";

	CHECK(!pipe(fds) && !sigaction(SIGUSR1, &action, NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		int i;

		for (i = 0; i < 3; i++) {
			await_sleep(parent);
			CHECK(!kill(parent, SIGUSR1));
			sched_yield();
		}
		CHECK(write(fds[1], "after", 5) == 5);
		_exit(0);
	}
	CHECK(read(fds[0], text, sizeof(text)) == 5 && !strcmp(text, "after"));
	printf("%d signals, then %s\n", (int)handled, text);
	CHECK(handled >= 1 && status_of(child) == 0);
	puts("ok");
	return 0;
}
