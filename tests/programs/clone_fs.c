/* CLONE_FS: the child's chdir and umask change the parent's. */
#include "check.h"

#include <sys/stat.h>

static char stack[65536] __attribute__((aligned(16)));

static int run(void *arg)
{
	umask(027);
	return chdir(arg);
}

int main(void)
{
	char where[4096];
	pid_t child;

	CHECK(!chdir("/"));
	umask(0);
	child = clone(run, stack + sizeof(stack), SIGCHLD, "/proc");
	CHECK(child > 0 && status_of(child) == 0);
	CHECK(getcwd(where, sizeof(where)) && !strcmp(where, "/"));
	printf("without: %s\n", where);

	child = clone(run, stack + sizeof(stack), CLONE_FS | SIGCHLD, "/proc");
	CHECK(child > 0 && status_of(child) == 0);
	CHECK(getcwd(where, sizeof(where)) && !strcmp(where, "/proc"));
	CHECK(umask(0) == 027);
	printf("with: %s\n", where);
	puts("ok");
	return 0;
}
