/* poll reports readable, writable, closed and invalid descriptors, and waits for one. */
#include "check.h"

#include <poll.h>
#include <sys/wait.h>

int main(void)
{
	int a[2], b[2], c[2];
	char x;

	CHECK(pipe(a) == 0 && pipe(b) == 0 && pipe(c) == 0);
	struct pollfd set[5] = {{a[0], POLLIN, 0},
				{b[1], POLLOUT, 0},
				{-5, POLLIN, 99},
				{c[0], POLLIN, 0},
				{777, POLLIN, 0}};
	CHECK(poll(set, 1, 0) == 0 && set[0].revents == 0);
	CHECK(poll(set, 5, -1) == 2 && set[0].revents == 0 && set[1].revents == POLLOUT &&
	      set[2].revents == 0);
	CHECK(set[4].revents == POLLNVAL);
	close(c[1]);
	close(b[0]);
	CHECK(poll(set, 4, -1) == 2 && set[3].revents == POLLHUP && (set[1].revents & POLLERR));
	pid_t child = fork();
	if (child == 0)
		_exit(write(a[1], "wake", 4) != 4);
	CHECK(poll(set, 1, -1) == 1 && set[0].revents == POLLIN && read(a[0], &x, 1) == 1 &&
	      x == 'w');
	CHECK(waitpid(child, NULL, 0) == child && poll(NULL, 0, 0) == 0);
	struct pollfd *volatile nowhere = (struct pollfd *)16;
	CHECK(poll(nowhere, 1, 0) == -1 && errno == EFAULT);
	printf("%d %x %x\n", child, set[1].revents, set[3].revents);
	puts("ok");
	return 0;
}
