/* A stopped child is killed: no SIGCONT is needed. */
#include "check.h"

#include <signal.h>

int main(void)
{
	pid_t child;
	int status;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		raise(SIGSTOP);
		_exit(0);
	}
	CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	CHECK(!kill(child, SIGTERM));
	CHECK(waitpid(child, &status, WNOHANG | WUNTRACED) == 0);
	CHECK(!kill(child, SIGKILL));
	CHECK(waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGKILL);
	printf("child %d was killed\n", (int)child);
	puts("ok");
	return 0;
}
