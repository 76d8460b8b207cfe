/* vmsplice moves bytes from memory into a pipe and back. */
#include "check.h"

#include <fcntl.h>
#include <sys/uio.h>

int main(void)
{
	int p[2];
	char a[] = "pieces ", b[] = "of memory", back[32] = "", c[8] = "";
	struct iovec v[2] = {{a, 7}, {b, 9}}, in = {c, 6};

	CHECK(pipe(p) == 0);
	CHECK(vmsplice(p[1], v, 2, 0) == 16);
	CHECK(read(p[0], back, 10) == 10 && !strcmp(back, "pieces of "));
	CHECK(vmsplice(p[0], &in, 1, 0) == 6 && !strcmp(c, "memory"));
	CHECK(vmsplice(p[0], &in, 1, SPLICE_F_NONBLOCK) == -1 && errno == EAGAIN);
	CHECK(vmsplice(0x7fff, v, 2, 0) == -1 && errno == EBADF);
	printf("%s%s\n", back, c);
	puts("ok");
	return 0;
}
