/* A session gets its controlling terminal by opening it, finds it as /dev/tty, and gives it up. */
#include "check.h"
#include "pty.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
	int master, slave = pty_pair(&master), status;
	char name[64], buf[64] = "";

	CHECK(ttyname_r(slave, name, sizeof(name)) == 0 && close(slave) == 0);
	pid_t child = fork();
	if (child == 0) {
		CHECK(setsid() == getpid() && open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
		int own = open(name, O_RDWR), tty = open("/dev/tty", O_RDWR);
		CHECK(own >= 0 && tty >= 0 && tcgetsid(own) == getpid() &&
		      tcgetpgrp(tty) == getpgrp());
		CHECK(write(tty, "hello from the session", 22) == 22);
		CHECK(ioctl(tty, TIOCNOTTY) == 0 || errno == ENOTTY);
		_exit(open("/dev/tty", O_RDWR) != -1);
	}
	size_t got = 0;
	while (got < 22) {
		ssize_t n = read(master, buf + got, sizeof(buf) - got);
		got += n > 0 ? n : 0;
		CHECK(n > 0 || errno == EIO);
	}
	CHECK(waitpid(child, &status, 0) == child);
	/* Giving up the terminal hangs up the session's leader. */
	CHECK(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP));
	printf("%s: %s\n", name, buf);
	puts("ok");
	return 0;
}
