/* SA_RESETHAND: the second time, the default action. */
#include "check.h"

#include <signal.h>

static void note(int sig)
{
	printf("handled %d\n", sig);
}

int main(void)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESETHAND}, now;
	pid_t child;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!sigaction(SIGTERM, &action, NULL));
		raise(SIGTERM);
		CHECK(!sigaction(SIGTERM, NULL, &now) && now.sa_handler == SIG_DFL);
		raise(SIGTERM);
		_exit(0);
	}
	CHECK(WTERMSIG(status_of(child)) == SIGTERM);
	printf("child %d ended\n", (int)child);
	puts("ok");
	return 0;
}
