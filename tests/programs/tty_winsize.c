/* The window size is set at one end, and a signal notifies the group at the other end. */
#include "check.h"
#include "pty.h"

#include <signal.h>
#include <sys/ioctl.h>

int main(void)
{
	int master, slave = pty_pair(&master), reports[2], status;
	struct winsize w = {.ws_row = 33, .ws_col = 99}, got;
	char c;

	CHECK(ioctl(master, TIOCSWINSZ, &w) == 0 && ioctl(slave, TIOCGWINSZ, &got) == 0);
	CHECK(got.ws_row == 33 && got.ws_col == 99 && pipe(reports) == 0);
	pid_t child = fork();
	if (child == 0) {
		sigset_t set;
		sigemptyset(&set);
		sigaddset(&set, SIGWINCH);
		sigprocmask(SIG_BLOCK, &set, NULL);
		CHECK(setsid() == getpid() && ioctl(slave, TIOCSCTTY, 0) == 0 &&
		      write(reports[1], "", 1) == 1);
		CHECK(sigwaitinfo(&set, NULL) == SIGWINCH && ioctl(slave, TIOCGWINSZ, &got) == 0);
		printf("child sees %dx%d\n", got.ws_col, got.ws_row);
		_exit(got.ws_row != 44);
	}
	w.ws_row = 44;
	CHECK(read(reports[0], &c, 1) == 1 && ioctl(master, TIOCSWINSZ, &w) == 0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	puts("ok");
	return 0;
}
