/* A thread reaps the child another thread forked; with __WNOTHREAD it may not. */
#include "check.h"

#include <pthread.h>

static pid_t child;

static void *reap(void *arg)
{
	int status;

	CHECK(waitpid(child, &status, __WNOTHREAD) == -1 && errno == ECHILD);
	CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 44);
	return arg;
}

int main(void)
{
	pthread_t thread;

	child = fork();
	CHECK(child >= 0);
	if (!child)
		_exit(44);
	CHECK(!pthread_create(&thread, NULL, reap, NULL));
	CHECK(!pthread_join(thread, NULL));
	CHECK(waitpid(child, NULL, 0) == -1 && errno == ECHILD);
	printf("child %d\n", (int)child);
	puts("ok");
	return 0;
}
