/* SIGKILL and SIGTERM of children blocked in read, waitpid, nanosleep and in a vfork's wait. */
#include "check.h"

#include <signal.h>

static void block(int how, int fd)
{
	char byte;

	if (how == 0)
		CHECK(read(fd, &byte, 1) == 1);
	if (how == 1)
		sleep(1000);
	if (how == 2) {
		if (!fork())
			CHECK(read(fd, &byte, 1) == 0);
		else
			wait(NULL);
	}
}

int main(void)
{
	int fds[2], how, i, signals[] = {SIGKILL, SIGTERM};
	pid_t child;

	for (how = 0; how < 3; how++) {
		for (i = 0; i < 2; i++) {
			CHECK(!pipe(fds));
			child = fork();
			CHECK(child >= 0);
			if (!child) {
				close(fds[1]);
				block(how, fds[0]);
				_exit(0);
			}
			await_sleep(child);
			CHECK(!kill(child, signals[i]));
			CHECK(WTERMSIG(status_of(child)) == signals[i]);
			printf("%d ended by %d\n", (int)child, signals[i]);
			close(fds[0]);
			close(fds[1]);
		}
	}
	puts("ok");
	return 0;
}
