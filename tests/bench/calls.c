/* calls getppid|zero|clock N: one system call, N times. */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *what = argc == 3 ? argv[1] : "";
	long n = argc == 3 ? atol(argv[2]) : 0;
	struct timespec now;
	char byte;
	int fd;

	if (strcmp(what, "getppid") == 0) {
		while (n-- > 0)
			getppid();
	} else if (strcmp(what, "clock") == 0) {
		while (n-- > 0)
			clock_gettime(CLOCK_MONOTONIC, &now);
	} else if (strcmp(what, "zero") == 0) {
		fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
		while (n-- > 0)
			if (read(fd, &byte, 1) != 1)
				err(1, "/dev/zero");
	} else {
		errx(2, "usage: calls getppid|zero|clock N");
	}
	return 0;
}
