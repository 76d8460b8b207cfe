/* posix_spawn of a missing program: the error comes back and no child stays. */
#include "check.h"

#include <spawn.h>

int main(void)
{
	char *const args[] = {"missing", NULL};
	pid_t child;

	CHECK(!setenv("PATH", "/bin:/usr/bin", 1));
	CHECK(posix_spawn(&child, "/nonexistent/missing", NULL, NULL, args, environ) == ENOENT);
	CHECK(posix_spawnp(&child, "no-such-program-here", NULL, NULL, args, environ) == ENOENT);
	CHECK(posix_spawn(&child, "/proc", NULL, NULL, args, environ) == EACCES);
	CHECK(wait(NULL) == -1 && errno == ECHILD);
	CHECK(!posix_spawnp(&child, "true", NULL, NULL, args, environ));
	CHECK(status_of(child) == 0);
	printf("only %d lived\n", (int)child);
	puts("ok");
	return 0;
}
