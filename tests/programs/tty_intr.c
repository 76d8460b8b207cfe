/* ^C and ^\ at the master end reach every process of the foreground group, and no other. */
#include "check.h"
#include "pty.h"

#include <signal.h>
#include <sys/ioctl.h>

int main(void)
{
	int master, slave = pty_pair(&master), ready[2], status;
	static const struct {
		const char *key;
		int signal;
	} keys[] = {{"\003", SIGINT}, {"\034", SIGQUIT}};
	char c;

	CHECK(pipe(ready) == 0);
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();
		if (child == 0) {
			CHECK(setsid() == getpid() && ioctl(slave, TIOCSCTTY, 1) == 0);
			pid_t second = fork();
			CHECK(second >= 0 && write(ready[1], "", 1) == 1);
			signal(keys[i].signal, second ? SIG_IGN : SIG_DFL);
			CHECK(write(ready[1], "", 1) == 1);
			if (second == 0)
				for (;;)
					pause();
			CHECK(waitpid(second, &status, 0) == second && WIFSIGNALED(status));
			_exit(WTERMSIG(status));
		}
		for (int k = 0; k < 4; k++)
			CHECK(read(ready[0], &c, 1) == 1);
		CHECK(write(master, keys[i].key, 1) == 1);
		CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
		printf("child %d: its child died of %d\n", child, WEXITSTATUS(status));
		CHECK(WEXITSTATUS(status) == keys[i].signal);
	}
	puts("ok");
	return 0;
}
