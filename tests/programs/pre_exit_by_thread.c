/* A thread ends the process while its first thread computes: the status is the one the thread gave.
 */
#include "check.h"

#include <pthread.h>

static volatile unsigned long turns;

static void *end(void *arg)
{
	(void)arg;
	while (turns < 100000)
		;
	_exit(7);
}

int main(void)
{
	int status;

	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (!pid) {
			pthread_t thread;
			CHECK(!pthread_create(&thread, NULL, end, NULL));
			for (;;)
				turns++;
		}
		status = status_of(pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
	puts("ok");
	return 0;
}
