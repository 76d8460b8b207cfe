/* The line discipline works asynchronously, so input comes in pieces. */
#include "check.h"

#include <sys/ioctl.h>
#include <termios.h>

static char buf[64];

static int comes(int fd, const char *what)
{
	size_t got = 0, want = strlen(what);

	memset(buf, 0, sizeof(buf));
	while (got < want) {
		ssize_t n = read(fd, buf + got, want - got);
		CHECK(n > 0);
		got += n;
	}
	return !strcmp(buf, what);
}

/* Both ends of a pseudo terminal in one process: echo, line editing, newline mapping. */
int main(void)
{
	char name[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY), number, waiting;

	if (master < 0)
		SKIP("no pseudo terminals");
	CHECK(grantpt(master) == 0 && unlockpt(master) == 0 &&
	      ptsname_r(master, name, sizeof(name)) == 0);
	CHECK(ioctl(master, TIOCGPTN, &number) == 0);
	int slave = open(name, O_RDWR | O_NOCTTY);
	CHECK(slave >= 0 && isatty(slave) && isatty(master));
	CHECK(write(slave, "out\n", 4) == 4 && comes(master, "out\r\n"));
	CHECK(write(master, "typo\177e\n", 7) == 7);
	CHECK(read(slave, buf, sizeof(buf)) == 5 && !memcmp(buf, "type\n", 5));
	CHECK(comes(master, "typo\b \be\r\n"));
	CHECK(write(master, "two\nlines\n", 10) == 10);
	do
		CHECK(ioctl(slave, FIONREAD, &waiting) == 0 && sched_yield() == 0);
	while (waiting < 10);
	CHECK(read(slave, buf, sizeof(buf)) == 4 && read(slave, buf, 2) == 2 &&
	      read(slave, buf, sizeof(buf)) == 4);
	CHECK(write(master, "\004", 1) == 1 && read(slave, buf, sizeof(buf)) == 0);
	printf("%s is number %d\n", name, number);
	CHECK(close(slave) == 0);
	while (read(master, buf, sizeof(buf)) > 0)
		;
	CHECK(errno == EIO);
	puts("ok");
	return 0;
}
