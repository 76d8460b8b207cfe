/* Every way to copy a descriptor, and the number that it gives. */
#include "check.h"

#include <fcntl.h>

int main(void)
{
	int p[2], seen = 0;
	char c;

	CHECK(pipe(p) == 0);
	int a = dup(p[1]), b = dup2(p[1], 100), d = fcntl(p[1], F_DUPFD, 100),
	    e = fcntl(p[1], F_DUPFD_CLOEXEC, 50);
	int f = dup3(p[1], 200, O_CLOEXEC);
	printf("%d %d %d %d %d\n", a, b, d, e, f);
	CHECK(a > p[1] && b == 100 && d == 101 && e == 50 && f == 200);
	CHECK(fcntl(e, F_GETFD) == FD_CLOEXEC && fcntl(f, F_GETFD) == FD_CLOEXEC &&
	      fcntl(d, F_GETFD) == 0);
	CHECK(dup2(b, b) == b && dup3(b, b, 0) == -1 && errno == EINVAL);
	CHECK(dup2(p[1], -1) == -1 && errno == EBADF && dup(999) == -1 && errno == EBADF);
	CHECK(fcntl(p[1], F_DUPFD, 1 << 30) == -1 && errno == EINVAL);
	int all[] = {p[1], a, b, d, e, f};
	for (int i = 0; i < 6; i++)
		CHECK(write(all[i], "x", 1) == 1 && close(all[i]) == 0);
	while (read(p[0], &c, 1) == 1)
		seen++;
	CHECK(seen == 6);
	puts("ok");
	return 0;
}
