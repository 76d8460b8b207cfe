/* CLONE_UNTRACED given by the program: the child runs and is reaped like any other. */
#include "check.h"

#include <signal.h>
#include <sys/syscall.h>

int main(void)
{
	int out[2];
	pid_t child, said;

	CHECK(!pipe(out));
	child = (pid_t)syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, NULL, NULL, NULL, 0);
	CHECK(child >= 0);
	if (!child) {
		said = (pid_t)syscall(SYS_getpid);
		CHECK(write(out[1], &said, sizeof(said)) == sizeof(said));
		_exit(4);
	}
	CHECK(read(out[0], &said, sizeof(said)) == sizeof(said));
	printf("child %d says %d\n", (int)child, (int)said);
	CHECK(said == child);
	CHECK(WEXITSTATUS(status_of(child)) == 4);
	puts("ok");
	return 0;
}
