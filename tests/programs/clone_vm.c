/* clone with CLONE_VM and no CLONE_THREAD: another process in the same memory. */
#include "check.h"

static volatile int shared;
static char stack[65536] __attribute__((aligned(16)));

static int run(void *arg)
{
	shared = (int)getpid();
	CHECK(getppid() == *(pid_t *)arg);
	return 11;
}

int main(void)
{
	pid_t parent = getpid(), child;

	child = clone(run, stack + sizeof(stack), CLONE_VM | SIGCHLD, &parent);
	CHECK(child > 0);
	CHECK(WEXITSTATUS(status_of(child)) == 11);
	printf("child %d wrote %d\n", (int)child, shared);
	CHECK(shared == child);
	puts("ok");
	return 0;
}
