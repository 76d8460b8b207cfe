/* What stdin, stdout and stderr are: type, inode, flags, terminal or not. */
#include "check.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

int main(void)
{
	struct winsize size;
	struct termios modes;
	struct stat info;
	int fd;

	for (fd = 0; fd < 3; fd++) {
		CHECK(!fstat(fd, &info));
		printf("%d: mode %o device %lx inode %lu flags %#x tty %d\n", fd, info.st_mode,
		       (unsigned long)info.st_dev, (unsigned long)info.st_ino,
		       (unsigned)fcntl(fd, F_GETFL), isatty(fd));
		if (!isatty(fd))
			CHECK(tcgetattr(fd, &modes) == -1 && (errno == ENOTTY || errno == EINVAL));
		else if (!ioctl(fd, TIOCGWINSZ, &size))
			printf("%d columns\n", size.ws_col);
	}
	CHECK(isatty(99) == 0 && errno == EBADF);
	puts("ok");
	return 0;
}
