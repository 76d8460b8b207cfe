/* isatty and similar calls on the three standard descriptors, and on others. */
#include "check.h"
#include "pty.h"

#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
	int master, slave = pty_pair(&master), null = open("/dev/null", O_RDWR), p[2];
	struct winsize w;
	char name[64];

	CHECK(pipe(p) == 0 && isatty(slave) && isatty(master));
	CHECK(!isatty(null) && errno == ENOTTY && !isatty(p[0]) && !isatty(-1) && errno == EBADF);
	for (int fd = 0; fd < 3; fd++) {
		int r = isatty(fd);
		printf("%d is %s terminal", fd, r ? "a" : "no");
		if (r && ttyname_r(fd, name, sizeof(name)) == 0)
			printf(" %s of group %d", name, (int)tcgetpgrp(fd));
		if (r && ioctl(fd, TIOCGWINSZ, &w) == 0)
			printf(" %dx%d", w.ws_col, w.ws_row);
		printf("\n");
	}
	CHECK(ttyname_r(p[0], name, sizeof(name)) == ENOTTY);
	CHECK(ttyname_r(slave, name, sizeof(name)) == 0 && !strncmp(name, "/dev/pts/", 9));
	CHECK(tcgetpgrp(slave) == -1 && errno == ENOTTY);
	puts("ok");
	return 0;
}
