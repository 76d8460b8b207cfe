/* Duplicates of stdout write to it in the order of the calls. */
#include "check.h"

#include <fcntl.h>

int main(void)
{
	int a = dup(1), b = dup2(1, 50), c = dup3(1, 51, O_CLOEXEC), d = fcntl(1, F_DUPFD, 60);

	CHECK(a > 2 && b == 50 && c == 51 && d == 60);
	CHECK(write(a, "dup\n", 4) == 4 && write(b, "dup2\n", 5) == 5);
	puts("stdio");
	CHECK(write(c, "dup3\n", 5) == 5 && write(d, "fcntl\n", 6) == 6);
	CHECK(dup2(2, b) == b && write(b, "to stderr\n", 10) == 10);
	CHECK(close(1) == 0 && write(a, "1 is closed\n", 12) == 12);
	CHECK(write(1, "lost", 4) == -1 && errno == EBADF);
	CHECK(dup2(d, 1) == 1);
	puts("back again");
	puts("ok");
	return 0;
}
