/* A process whose parent ends gets another parent. */
#include "check.h"

#include <sys/prctl.h>

int main(void)
{
	int fds[2], gate[2];
	pid_t child, said[2], middle;
	char byte;

	CHECK(!prctl(PR_SET_CHILD_SUBREAPER, 0));
	CHECK(!pipe(fds) && !pipe(gate));
	middle = fork();
	CHECK(middle >= 0);
	if (!middle) {
		child = fork();
		CHECK(child >= 0);
		if (child)
			_exit(0);
		close(gate[1]);
		CHECK(read(gate[0], &byte, 1) == 0);
		said[0] = getpid();
		said[1] = getppid();
		CHECK(write(fds[1], said, sizeof(said)) == sizeof(said));
		_exit(0);
	}
	CHECK(status_of(middle) == 0);
	close(gate[1]);
	close(fds[1]);
	CHECK(read(fds[0], said, sizeof(said)) == sizeof(said));
	printf("orphan %d of %d has parent %d\n", (int)said[0], (int)middle, (int)said[1]);
	CHECK(said[1] != middle && said[1] != getpid());
	CHECK(read(fds[0], said, 1) == 0);
	CHECK(waitpid(said[0], NULL, 0) == -1 && errno == ECHILD);
	puts("ok");
	return 0;
}
