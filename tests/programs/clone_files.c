/* CLONE_FILES: a descriptor opened or closed by the child is opened or closed in the parent, too.
 */
#include "check.h"

static char stack[65536] __attribute__((aligned(16)));
static int opened[2];

static int run(void *arg)
{
	int copy = dup(*(int *)arg);

	close(opened[0]);
	return copy;
}

int main(void)
{
	int shared_fd, one = 1;
	pid_t child;

	CHECK(!pipe(opened));
	child = clone(run, stack + sizeof(stack), CLONE_FILES | SIGCHLD, &one);
	CHECK(child > 0);
	shared_fd = WEXITSTATUS(status_of(child));
	printf("shared descriptor %d\n", shared_fd);
	CHECK(fcntl(shared_fd, F_GETFD) >= 0);
	CHECK(fcntl(opened[0], F_GETFD) == -1 && errno == EBADF);

	child = clone(run, stack + sizeof(stack), SIGCHLD, &one);
	CHECK(child > 0);
	CHECK(WIFEXITED(status_of(child)));
	CHECK(fcntl(opened[1], F_GETFD) >= 0);
	puts("ok");
	return 0;
}
