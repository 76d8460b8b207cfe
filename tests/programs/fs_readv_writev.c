/* Vectors are read and written whole, up to the middle of a piece, with empty pieces, and with
 * flags. */
#include "check.h"
#include "tempdir.h"

#include <sys/uio.h>

int main(void)
{
	char a[4] = "", b[8] = "", c[16] = "";
	struct iovec out[4] = {{"one", 3}, {NULL, 0}, {"two", 3}, {"three", 5}};
	struct iovec in[3] = {{a, 3}, {b, 7}, {c, 15}};

	tempdir_enter();
	int fd = open("f", O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && writev(fd, out, 4) == 11 && lseek(fd, 0, SEEK_SET) == 0);
	CHECK(readv(fd, in, 3) == 11 && !strcmp(a, "one") && !strcmp(b, "twothre") &&
	      !strcmp(c, "e"));
	CHECK(preadv(fd, in, 2, 4) == 7 && !strcmp(a, "wot") && !strcmp(b, "hreehre"));
	CHECK(pwritev(fd, out + 3, 1, 100) == 5 && preadv2(fd, in, 1, 100, 0) == 3 &&
	      !strcmp(a, "thr"));
	CHECK(lseek(fd, 2, SEEK_SET) == 2 && preadv2(fd, in, 1, -1, 0) == 3 && !strcmp(a, "etw"));
	ssize_t n = pwritev2(fd, out, 1, 0, RWF_APPEND);
	CHECK(n == 3 || errno == EOPNOTSUPP);
	ssize_t nowait = preadv2(fd, in, 1, 0, RWF_NOWAIT);
	printf("append %zd, nowait %zd, size %ld\n", n, nowait, (long)lseek(fd, 0, SEEK_END));
	volatile int negative = -1;
	struct iovec *volatile nowhere = (struct iovec *)16;
	CHECK(readv(fd, in, negative) == -1 && errno == EINVAL && readv(fd, in, 0) == 0);
	CHECK(readv(fd, nowhere, 2) == -1 && errno == EFAULT);
	struct iovec many[1024];
	for (int i = 0; i < 1024; i++)
		many[i] = (struct iovec){c, 1};
	CHECK(preadv(fd, many, 1024, 0) == lseek(fd, 0, SEEK_END));
	puts("ok");
	return 0;
}
