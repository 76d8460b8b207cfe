/* With TOSTOP a background write stops its writer. If it is orphaned, it gets EIO instead. */
#include "check.h"
#include "pty.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
	int master, slave = pty_pair(&master), status;
	pid_t leader = fork();

	if (leader == 0) {
		struct termios t;
		CHECK(setsid() == getpid() && ioctl(slave, TIOCSCTTY, 0) == 0);
		CHECK(tcgetattr(slave, &t) == 0);
		t.c_lflag |= TOSTOP;
		CHECK(tcsetattr(slave, TCSANOW, &t) == 0);
		pid_t job = fork();
		if (job == 0) {
			CHECK(setpgid(0, 0) == 0);
			_exit(write(slave, "x", 1) == 1 ? 7 : 8);
		}
		CHECK(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status));
		CHECK(WSTOPSIG(status) == SIGTTOU);
		t.c_lflag &= ~TOSTOP;
		CHECK(tcsetattr(slave, TCSANOW, &t) == 0 && kill(job, SIGCONT) == 0);
		CHECK(waitpid(job, &status, 0) == job && WIFEXITED(status));
		printf("job %d wrote at last: %d\n", job, WEXITSTATUS(status));
		_exit(WEXITSTATUS(status));
	}
	CHECK(waitpid(leader, &status, 0) == leader && WEXITSTATUS(status) == 7);
	puts("ok");
	return 0;
}
