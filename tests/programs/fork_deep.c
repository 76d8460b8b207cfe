/* A chain of processes, each forked from the stack of a deeper call. */
#include "check.h"

#define DEPTH 20

static int descend(int depth)
{
	pid_t child;
	int status;

	if (depth == DEPTH) {
		printf("bottom %d\n", (int)getpid());
		return DEPTH;
	}
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(descend(depth + 1));
	status = status_of(child);
	CHECK(WIFEXITED(status));
	printf("depth %d pid %d: child %d exited %d\n", depth, (int)getpid(), (int)child,
	       WEXITSTATUS(status));
	return WEXITSTATUS(status) - 1;
}

int main(void)
{
	CHECK(descend(0) == 0);
	puts("ok");
	return 0;
}
