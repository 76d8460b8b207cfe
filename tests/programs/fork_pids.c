/* fork: the two sides see each other's process ids, and the exit status comes back. */
#include "check.h"

int main(void)
{
	pid_t parent = getpid(), child;
	int status;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(getppid() == parent);
		printf("child %d of %d\n", (int)getpid(), (int)getppid());
		_exit(42);
	}
	status = status_of(child);
	printf("parent %d reaped %d\n", (int)parent, (int)child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	CHECK(getpid() == parent);
	puts("ok");
	return 0;
}
