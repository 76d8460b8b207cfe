/* vfork: the parent goes on when the child has executed another program. */
#include "check.h"

static volatile int before_exec;

int main(int argc, char **argv)
{
	char *const args[] = {argv[0], "again", NULL};
	pid_t child;

	if (argc > 1) {
		printf("executed %d\n", (int)getpid());
		return 5;
	}
	child = vfork();
	if (!child) {
		before_exec = 1;
		execv("/proc/self/exe", args);
		_exit(127);
	}
	CHECK(child > 0 && before_exec);
	CHECK(WEXITSTATUS(status_of(child)) == 5);
	puts("ok");
	return 0;
}
