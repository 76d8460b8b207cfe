/* vfork and an exec that fails: errno is in the shared memory, and the status shows it. */
#include "check.h"

static volatile int error;

int main(void)
{
	char *const args[] = {"nothing", NULL};
	static int i;
	pid_t child;

	for (i = 0; i < 3; i++) {
		child = vfork();
		if (!child) {
			execv("/nonexistent/program", args);
			error = errno;
			_exit(127);
		}
		CHECK(child > 0 && error == ENOENT);
		CHECK(WEXITSTATUS(status_of(child)) == 127);
		printf("child %d: %s\n", (int)child, strerror(error));
		error = 0;
	}
	puts("ok");
	return 0;
}
