/* A child in a new process-id namespace is 1 inside; its own children die with it. */
#include "check.h"

#include <signal.h>

static char stack[65536] __attribute__((aligned(16)));

static int init(void *arg)
{
	pid_t child;

	CHECK(getpid() == 1 && getppid() == 0);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		for (;;)
			pause();
	}
	printf("inside: 1 and %d\n", (int)child);
	CHECK(child == 2);
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(8);
	CHECK(WEXITSTATUS(status_of(child)) == 8);
	return *(int *)arg;
}

int main(void)
{
	int status = 31, flags = CLONE_NEWPID | SIGCHLD;
	pid_t child = clone(init, stack + sizeof(stack), flags, &status);

	if (child == -1 && errno == EPERM)
		child = clone(init, stack + sizeof(stack), flags | CLONE_NEWUSER, &status);
	if (child == -1)
		SKIP("no process-id namespaces");
	printf("outside: %d\n", (int)child);
	CHECK(WEXITSTATUS(status_of(child)) == 31);
	puts("ok");
	return 0;
}
