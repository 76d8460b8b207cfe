/* A daemon: double fork and setsid, its own session, no terminal, still able to answer through a
 * pipe. */
#include "check.h"

int main(void)
{
	int fds[2], null;
	pid_t child, said[4];

	CHECK(!pipe(fds));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(setsid() == getpid() && setsid() == -1 && errno == EPERM);
		child = fork();
		CHECK(child >= 0);
		if (child)
			_exit(0);
		CHECK(!chdir("/"));
		CHECK((null = open("/dev/null", O_RDWR)) >= 0);
		CHECK(dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2);
		CHECK(open("/dev/tty", O_RDWR) == -1);
		said[0] = getpid();
		said[1] = getpgrp();
		said[2] = getsid(0);
		said[3] = getppid();
		CHECK(write(fds[1], said, sizeof(said)) == sizeof(said));
		_exit(0);
	}
	close(fds[1]);
	CHECK(status_of(child) == 0);
	CHECK(read(fds[0], said, sizeof(said)) == sizeof(said));
	CHECK(read(fds[0], &null, sizeof(null)) == 0);
	printf("daemon %d group %d session %d parent %d\n", (int)said[0], (int)said[1],
	       (int)said[2], (int)said[3]);
	CHECK(said[1] == child && said[2] == child && said[0] != child);
	puts("ok");
	return 0;
}
