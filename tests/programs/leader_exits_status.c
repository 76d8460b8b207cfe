/* The leader ends with one status, the last thread with exit_group of another: that one counts. */
#include "check.h"

#include <pthread.h>
#include <sys/syscall.h>

static void *last(void *arg)
{
	await_sleep((pid_t)(long)arg);
	_exit(23);
}

int main(void)
{
	pthread_t thread;
	pid_t child;

	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(!pthread_create(&thread, NULL, last, (void *)(long)gettid()));
		syscall(SYS_exit, 99);
	}
	CHECK(WEXITSTATUS(status_of(child)) == 23);
	printf("child %d\n", (int)child);
	puts("ok");
	return 0;
}
