/* exit called by a thread that is not the leader, which is blocked in pthread_join. */
#include "check.h"

#include <pthread.h>

static void goodbye(void)
{
	puts("ok");
}

static void *leave(void *arg)
{
	await_sleep(getpid());
	printf("thread %d leaves\n", (int)gettid());
	exit(0);
	return arg;
}

int main(void)
{
	pthread_t thread;

	CHECK(!atexit(goodbye));
	CHECK(!pthread_create(&thread, NULL, leave, NULL));
	pthread_join(thread, NULL);
	CHECK(!"joined");
	return 1;
}
