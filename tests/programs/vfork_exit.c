/* vfork: the parent is suspended until the child has exited, and sees what it wrote. */
#include "check.h"

static volatile int touched;

int main(void)
{
	pid_t child, parent = getpid();

	child = vfork();
	if (!child) {
		touched = (int)getppid();
		_exit(9);
	}
	CHECK(child > 0);
	printf("child %d wrote %d\n", (int)child, touched);
	CHECK(touched == parent);
	CHECK(WEXITSTATUS(status_of(child)) == 9);
	puts("ok");
	return 0;
}
