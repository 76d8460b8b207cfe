/* F_SETPIPE_SZ changes how much a pipe holds. */
#include "check.h"

#include <fcntl.h>
#include <sys/ioctl.h>

int main(void)
{
	int p[2], n = 0, waiting;
	char page[4096] = "";

	CHECK(pipe2(p, O_NONBLOCK) == 0);
	int old = fcntl(p[0], F_GETPIPE_SZ), size = fcntl(p[0], F_SETPIPE_SZ, 8192);
	printf("%d, then %d\n", old, size);
	CHECK(old >= 4096 && size >= 8192 && fcntl(p[1], F_GETPIPE_SZ) == size);
	while (write(p[1], page, sizeof(page)) == sizeof(page))
		n++;
	CHECK(errno == EAGAIN && n == size / 4096);
	CHECK(ioctl(p[0], FIONREAD, &waiting) == 0 && waiting == size);
	CHECK(fcntl(p[0], F_SETPIPE_SZ, 4096) == -1 && errno == EBUSY);
	CHECK(read(p[0], page, 100) == 100 && write(p[1], page, 1) == -1 && errno == EAGAIN);
	puts("ok");
	return 0;
}
