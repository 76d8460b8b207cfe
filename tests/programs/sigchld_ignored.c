/* SIGCHLD ignored, or SA_NOCLDWAIT: children leave no zombies and wait says ECHILD once all are
 * gone. */
#include "check.h"

#include <signal.h>

int main(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
	pid_t child;
	int i, round;

	CHECK(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 5; i++) {
			child = fork();
			CHECK(child >= 0);
			if (!child)
				_exit(i);
			printf("%d ", (int)child);
		}
		puts("");
		CHECK(wait(NULL) == -1 && errno == ECHILD);
		CHECK(kill(child, 0) == -1 && errno == ESRCH);
		CHECK(!sigaction(SIGCHLD, &action, NULL));
	}
	puts("ok");
	return 0;
}
