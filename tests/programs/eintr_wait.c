/* waitpid is interrupted by a handler, or restarted; the child is reaped in the end. */
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
	int i, status;

	for (i = 0; i < 2; i++) {
		action.sa_flags = i ? SA_RESTART : 0;
		handled = 0;
		CHECK(!sigaction(SIGUSR1, &action, NULL));
		child = fork();
		CHECK(child >= 0);
		if (!child) {
			await_sleep(parent);
			CHECK(!kill(parent, SIGUSR1));
			if (!i)
				for (;;)
					pause();
			_exit(i);
		}
		if (i) {
			CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 1 &&
			      handled);
			break;
		}
		CHECK(waitpid(child, &status, 0) == -1 && errno == EINTR && handled);
		CHECK(!kill(child, SIGKILL) && waitpid(child, &status, 0) == child);
	}
	printf("last child %d\n", (int)child);
	puts("ok");
	return 0;
}
