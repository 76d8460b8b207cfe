/* A program that closes every descriptor it could have, one by one and by close_range, goes on. */
#include "check.h"

#include <sys/resource.h>

int main(void)
{
	struct rlimit limit;
	int fd, closed = 0, fds[2];
	pid_t child;

	CHECK(!pipe(fds) && dup2(fds[0], 500) == 500);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!getrlimit(RLIMIT_NOFILE, &limit));
		for (fd = 3; fd < (int)(limit.rlim_cur < 4096 ? limit.rlim_cur : 4096); fd++)
			closed += !close(fd);
		printf("child closed %d\n", closed);
		CHECK(closed >= 3 && dup(0) == 3);
		_exit(0);
	}
	CHECK(status_of(child) == 0);
	CHECK(!close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) || errno == ENOSYS);
	CHECK(!close_range(3, ~0U, 0));
	CHECK(fcntl(500, F_GETFD) == -1 && errno == EBADF);
	CHECK(close_range(5, 3, 0) == -1 && errno == EINVAL);
	CHECK(dup(0) == 3);
	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(4);
	CHECK(WEXITSTATUS(status_of(child)) == 4);
	puts("ok");
	return 0;
}
