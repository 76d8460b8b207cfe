/* SYS_exit ends one thread only; the process goes on and ends with the last thread's status. */
#include "check.h"

#include <pthread.h>
#include <sys/syscall.h>

static void *end_by_call(void *arg)
{
	printf("thread %d ends\n", (int)gettid());
	syscall(SYS_exit, 77);
	return arg;
}

int main(void)
{
	pthread_t thread;
	pid_t child;

	CHECK(!pthread_create(&thread, NULL, end_by_call, NULL));
	CHECK(!pthread_join(thread, NULL));
	child = fork();
	CHECK(child >= 0);
	if (!child)
		syscall(SYS_exit, 19);
	CHECK(WEXITSTATUS(status_of(child)) == 19);
	puts("ok");
	return 0;
}
