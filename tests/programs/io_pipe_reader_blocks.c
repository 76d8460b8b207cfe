/* Reads of a pipe block: for one byte, for less than the buffer, and for the end. */
#include "check.h"

#include <sys/wait.h>

int main(void)
{
	int p[2], turn[2], status;
	char buf[100];

	CHECK(pipe(p) == 0 && pipe(turn) == 0);
	pid_t child = fork();
	if (child == 0) {
		close(p[1]);
		CHECK(read(p[0], buf, 100) == 1 && write(turn[1], "", 1) == 1);
		CHECK(read(p[0], buf, 100) == 5 && !memcmp(buf, "parts", 5) &&
		      write(turn[1], "", 1) == 1);
		ssize_t end = read(p[0], buf, 100);
		printf("the end is %zd\n", end);
		_exit(end != 0);
	}
	CHECK(write(p[1], "1", 1) == 1 && read(turn[0], buf, 1) == 1);
	CHECK(write(p[1], "parts", 5) == 5 && read(turn[0], buf, 1) == 1);
	CHECK(close(p[1]) == 0 && waitpid(child, &status, 0) == child && status == 0);
	puts("ok");
	return 0;
}
