/* The master's end is closed: the session leader gets SIGHUP, and its reads end. */
#include "check.h"
#include "pty.h"

#include <signal.h>
#include <sys/ioctl.h>

int main(void)
{
	int master, slave = pty_pair(&master), ready[2], status;
	char c;

	CHECK(pipe(ready) == 0);
	pid_t child = fork();
	if (child == 0) {
		sigset_t hup;
		siginfo_t info;
		close(master);
		sigemptyset(&hup);
		sigaddset(&hup, SIGHUP);
		CHECK(sigprocmask(SIG_BLOCK, &hup, NULL) == 0);
		CHECK(setsid() == getpid() && ioctl(slave, TIOCSCTTY, 0) == 0 &&
		      write(ready[1], "", 1) == 1);
		ssize_t n = read(slave, &c, 1);
		CHECK(n == 0 || (n == -1 && errno == EIO));
		CHECK(sigwaitinfo(&hup, &info) == SIGHUP && write(slave, "x", 1) == -1 &&
		      errno == EIO);
		printf("hung up, code %d\n", info.si_code);
		_exit(4);
	}
	close(slave);
	CHECK(read(ready[0], &c, 1) == 1 && close(master) == 0);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 4);
	puts("ok");
	return 0;
}
