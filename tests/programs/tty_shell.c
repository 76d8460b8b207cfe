/* An interactive shell on a new terminal, to which the program sends lines. */
#include "check.h"
#include "pty.h"

#include <sys/ioctl.h>

int main(void)
{
	int master, slave = pty_pair(&master), status;
	char buf[4096] = "";
	size_t got = 0;
	ssize_t n;

	pid_t child = fork();
	if (child == 0) {
		CHECK(setsid() == getpid() && ioctl(slave, TIOCSCTTY, 0) == 0);
		for (int fd = 0; fd < 3; fd++)
			dup2(slave, fd);
		close(master);
		close(slave);
		execl("/bin/sh", "sh", "-c",
		      "stty -echo; while read line; do echo \"<$line>\"; done; tty -s && exit 6",
		      NULL);
		_exit(127);
	}
	close(slave);
	CHECK(write(master, "first\nsecond\n", 13) == 13 && write(master, "\004", 1) == 1);
	while ((n = read(master, buf + got, sizeof(buf) - 1 - got)) > 0)
		got += n;
	CHECK(n == -1 && errno == EIO && waitpid(child, &status, 0) == child);
	for (size_t i = 0; i < got; i++)
		putchar(buf[i] == '\r' ? '.' : buf[i]);
	CHECK(strstr(buf, "<first>") && strstr(buf, "<second>") && WIFEXITED(status) &&
	      WEXITSTATUS(status) == 6);
	puts("ok");
	return 0;
}
