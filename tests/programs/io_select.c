/* select reports descriptors above 700, and the remaining time. */
#include "check.h"

#include <fcntl.h>
#include <sys/select.h>

int main(void)
{
	int p[2], q[2];
	fd_set r, w, x;
	struct timeval t = {1000, 0};

	CHECK(pipe(p) == 0 && pipe(q) == 0);
	int high = fcntl(q[0], F_DUPFD, 700);
	CHECK(high == 700 && write(q[1], "x", 1) == 1);
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&x);
	FD_SET(p[0], &r);
	FD_SET(high, &r);
	FD_SET(p[1], &w);
	FD_SET(p[0], &x);
	CHECK(select(high + 1, &r, &w, &x, &t) == 2);
	CHECK(FD_ISSET(high, &r) && !FD_ISSET(p[0], &r) && FD_ISSET(p[1], &w) &&
	      !FD_ISSET(p[0], &x));
	printf("time left %ld.%06ld\n", (long)t.tv_sec, (long)t.tv_usec);
	CHECK(t.tv_sec <= 1000 && t.tv_sec > 900);
	t = (struct timeval){0, 0};
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	CHECK(select(p[0] + 1, &r, NULL, NULL, &t) == 0 && !FD_ISSET(p[0], &r));
	FD_SET(999, &r);
	CHECK(select(1000, &r, NULL, NULL, &t) == -1 && errno == EBADF);
	CHECK(select(0, NULL, NULL, NULL, &t) == 0);
	puts("ok");
	return 0;
}
