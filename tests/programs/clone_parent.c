/* CLONE_PARENT: a child's child becomes its sibling, and its parent reaps it. */
#include "check.h"

#include <sys/mman.h>

static char stack[65536] __attribute__((aligned(16)));

static int sibling(void *arg)
{
	CHECK(getppid() == *(pid_t *)arg);
	return 6;
}

int main(void)
{
	pid_t parent = getpid(), child, *made;

	made = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(made != MAP_FAILED);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		*made = clone(sibling, stack + sizeof(stack), CLONE_PARENT | SIGCHLD, &parent);
		CHECK(*made > 0);
		CHECK(waitpid(*made, NULL, 0) == -1 && errno == ECHILD);
		_exit(0);
	}
	CHECK(status_of(child) == 0);
	CHECK(WEXITSTATUS(status_of(*made)) == 6);
	printf("child %d made sibling %d of parent %d\n", (int)child, (int)*made, (int)parent);
	puts("ok");
	return 0;
}
