/* A nonblocking pipe is filled until EAGAIN and emptied again. */
#include "check.h"

#include <fcntl.h>
#include <sys/ioctl.h>

int main(void)
{
	int p[2], waiting;
	char buf[3000];
	long total = 0;
	ssize_t n;

	memset(buf, 'n', sizeof(buf));
	CHECK(pipe2(p, O_NONBLOCK | O_CLOEXEC) == 0 && read(p[0], buf, 1) == -1 && errno == EAGAIN);
	while ((n = write(p[1], buf, sizeof(buf))) > 0)
		total += n;
	CHECK(n == -1 && errno == EAGAIN);
	CHECK(ioctl(p[0], FIONREAD, &waiting) == 0 && waiting == total);
	printf("%ld bytes fit\n", total);
	for (long left = total; left > 0; left -= n)
		CHECK((n = read(p[0], buf, 1000)) > 0 && buf[0] == 'n');
	CHECK(read(p[0], buf, 1) == -1 && errno == EAGAIN && close(p[1]) == 0 &&
	      read(p[0], buf, 1) == 0);
	CHECK(pipe2(p, 0x7) == -1 && errno == EINVAL);
	puts("ok");
	return 0;
}
