/* Stop and continue of a whole process group with threads, seen by the parent. */
#include "check.h"

#include <pthread.h>
#include <signal.h>

static void *work(void *arg)
{
	for (;;)
		sched_yield();
	return arg;
}

int main(void)
{
	pid_t group = 0, children[3];
	pthread_t thread;
	int i, status, ready[2];
	char byte;

	CHECK(!pipe(ready));
	for (i = 0; i < 3; i++) {
		children[i] = fork();
		CHECK(children[i] >= 0);
		if (!children[i]) {
			CHECK(!setpgid(0, group) && !pthread_create(&thread, NULL, work, NULL));
			CHECK(write(ready[1], "x", 1) == 1);
			for (;;)
				pause();
		}
		if (!group)
			group = children[i];
		CHECK(read(ready[0], &byte, 1) == 1);
	}
	CHECK(!kill(-group, SIGTSTP));
	for (i = 0; i < 3; i++) {
		CHECK(waitpid(children[i], &status, WUNTRACED) == children[i]);
		printf("%d status %#x\n", (int)children[i], status);
		CHECK(WIFSTOPPED(status));
	}
	CHECK(!kill(-group, SIGCONT));
	for (i = 0; i < 3; i++)
		CHECK(waitpid(children[i], &status, WCONTINUED) == children[i] &&
		      WIFCONTINUED(status));
	CHECK(!kill(-group, SIGTERM));
	for (i = 0; i < 3; i++)
		CHECK(WTERMSIG(status_of(children[i])) == SIGTERM);
	puts("ok");
	return 0;
}
